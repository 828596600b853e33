/** Recorded requests put to our webhooks, from the bytes of the review to those of the answer. */

import { answer } from '../../kube/admission.ts';
import type { KubeObject, Op, Resource, Seen, Webhook, Wire } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { webhooksFor } from '../../webhooks/index.ts';
import { whitelistKey, whitelistName } from '../../workloads/sidecars/metadataWhitelist.ts';
import { applied } from '../support/sidecarsets.ts';
import type { AdmissionRequest, RecordedCase } from './cases.ts';

/** Where the recorded manager lived. */
const home = 'kruise-system';
const now = Date.UTC(2026, 10, 23);

type Case = Pick<RecordedCase, 'id' | 'gates' | 'given'>;

export class Webhooks {
  readonly #id: string;
  readonly #store = new Store({ report: ({ error }) => fail(error) });
  readonly #webhooks: readonly Webhook[];

  constructor({ id, gates, given }: Case) {
    this.#id = id;
    this.#webhooks = webhooksFor({
      namespace: home,
      secretName: 's',
      mutatingConfiguration: 'm',
      validatingConfiguration: 'v',
      patchPodMetadata: gates.set === 'plain' ? 'deny' : 'allow',
      podReadyGate: gates.set === 'e2e' ? 'all' : 'owned',
      sidecarOrder: gates.set === 'e2e' ? 'container' : 'set',
    });
    const resources = new Map<string, Resource>(this.#webhooks.flatMap(w => w.reads.map(r => [r.kind, r])));
    for (const resource of resources.values()) this.#store.register(resource);
    for (const [i, object] of objectsOf(given).entries())
      this.#store.changed(resources.get(object.kind) as Resource<Seen>, known(object, i));
  }

  /** The object as the webhook leaves it; undefined if it is refused, whatever for. */
  admit(path: string, request: AdmissionRequest): KubeObject | undefined {
    const webhook = this.#webhooks.find(w => w.path === path);
    if (webhook === undefined) throw new Error(`no webhook at ${path}`);
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { ...request, uid: this.#id },
    };
    const { status, body } = answer(JSON.stringify(review), webhook, this.#store, now);
    if (status === 500) throw new Error(body);
    if (status !== 200) return undefined;
    const { response } = JSON.parse(body) as { response: { allowed: boolean; patch?: string } };
    return response.allowed ? applied(request.object, patchIn(response.patch)) : undefined;
  }
}

const patchIn = (base64: string | undefined): readonly Op[] =>
  base64 === undefined ? [] : (JSON.parse(Buffer.from(base64, 'base64').toString()) as readonly Op[]);

const fail = (error: unknown): never => {
  throw error;
};

const objectsOf = ({ namespaces, sidecarSets, controllerRevisions, whitelist }: RecordedCase['given']) => [
  ...[{ name: home }, { name: 'default' }, ...(namespaces ?? [])].map(({ name, ...more }) =>
    anObject('v1', 'Namespace', {
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...('labels' in more ? more.labels : {}) } },
    }),
  ),
  ...(sidecarSets ?? []).map(({ stored }) => stored),
  ...(controllerRevisions ?? []).map(revision => anObject('apps/v1', 'ControllerRevision', revision)),
  ...(whitelist === null || whitelist === undefined ? [] : [configMap(whitelist)]),
];

const anObject = (apiVersion: string, kind: string, more: Wire): KubeObject => ({
  metadata: {},
  ...more,
  apiVersion,
  kind,
});

const configMap = (whitelist: string | Wire): KubeObject =>
  anObject('v1', 'ConfigMap', {
    metadata: { namespace: home, name: whitelistName },
    data: typeof whitelist === 'string' ? { [whitelistKey]: whitelist } : whitelist,
  });

/** As a watch would tell it. */
const known = (object: KubeObject, index: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, uid: object.metadata.uid ?? `uid-${index}`, resourceVersion: String(index + 1) },
});
