/** The model's apiserver: what one write makes of one object. Each answer is worked out once. */

import type { Action, KubeObject, Review, Verdict, Webhook } from '../../kube/contract.ts';
import { timestampOf } from '../../workloads/pods/project.ts';
import { Objects } from '../support/cluster/objects.ts';
import { applied } from '../support/sidecarsets.ts';
import { type Cell, type Cells, now } from './cells.ts';
import { CellReader } from './reader.ts';
import type { Write } from './state.ts';

export type Written =
  | { readonly is: 'there'; readonly cell: Cell }
  | { readonly is: 'gone' }
  | { readonly is: 'refused'; readonly message: string };

export class Apiserver {
  readonly #cells: Cells;
  readonly #webhook: Webhook | undefined;
  readonly #known = new Map<string, Written>();

  constructor(cells: Cells, webhook: Webhook | undefined) {
    this.#cells = cells;
    this.#webhook = webhook;
  }

  /** A write whose guards hold. `all` is what the webhooks see. */
  carryOut({ id, action, slot }: Write, current: Cell | undefined, all: readonly Cell[]): Written {
    const decidedBy =
      this.#webhook === undefined ? '' : all.flatMap(c => (c.resource.plural === 'pods' ? [] : [c.id])).join();
    const key = `${id}/${current?.id}/${decidedBy}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const written = this.#write(action, slot, current, all);
    this.#known.set(key, written);
    return written;
  }

  #write(action: Action, slot: string, current: Cell | undefined, all: readonly Cell[]): Written {
    const objects = new Objects(() => timestampOf(now));
    if (action.do === 'create') {
      const { object } = this.#admitted(action.object, undefined, all);
      const made = objects.create(action.resource, object);
      return this.#there(
        current,
        { ...made, metadata: { ...made.metadata, uid: action.object.metadata.uid ?? `uid-${slot}` } },
        action.resource,
      );
    }
    if (current === undefined) return { is: 'gone' };
    const stored = objects.put(current.resource, current.object);
    const target = { ...action.target, resourceVersion: stored.metadata.resourceVersion ?? '' };
    const { outcome, object } = objects.act({ ...action, target });
    if (outcome.is !== 'done') return { is: 'refused', message: `${outcome.is}: ${action.why}` };
    return object === undefined ? { is: 'gone' } : this.changed(current, object, all);
  }

  /** An object that somebody wrote over another one. */
  changed(current: Cell, object: KubeObject, all: readonly Cell[]): Written {
    return this.#there(
      current,
      withGeneration(current.object, this.#admitted(object, current.object, all).object),
      current.resource,
    );
  }

  #there(current: Cell | undefined, object: KubeObject, resource: Cell['resource']): Written {
    return { is: 'there', cell: this.#cells.of(resource, object, current?.runtime) };
  }

  #admitted(
    object: KubeObject,
    oldObject: KubeObject | undefined,
    all: readonly Cell[],
  ): { readonly object: KubeObject } {
    const verdict = this.#verdict(object, oldObject, all);
    if (verdict?.is !== 'allowed' || verdict.patch.length === 0) return { object };
    return { object: applied(object, verdict.patch) };
  }

  /** Only creations and changed images are its business: the webhook's own match conditions say so. */
  #verdict(object: KubeObject, oldObject: KubeObject | undefined, all: readonly Cell[]): Verdict | undefined {
    if (this.#webhook === undefined || object.kind !== 'Pod') return undefined;
    const about = {
      uid: 'review',
      group: '',
      version: 'v1',
      plural: 'pods',
      subresource: '',
      user: 'somebody',
      dryRun: false,
    };
    const named = { ...about, namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' };
    const review: Review =
      oldObject === undefined
        ? { ...named, operation: 'CREATE', object }
        : { ...named, operation: 'UPDATE', object, oldObject };
    return this.#webhook.decide(review, new CellReader(all), now);
  }
}

/** A spec is a new generation when it changes, and a pod also when its deletion begins. */
const withGeneration = (before: KubeObject, after: KubeObject): KubeObject => {
  const isNew = JSON.stringify(before['spec']) !== JSON.stringify(after['spec']);
  const isLeaving = before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined;
  const generation = (before.metadata.generation ?? 1) + (isNew || isLeaving ? 1 : 0);
  return { ...after, metadata: { ...after.metadata, generation } };
};
