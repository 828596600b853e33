/** Replays a chronicle and holds every revision of it against the invariants. */

import type { KubeObject } from '../../kube/contract.ts';
import type { Chronicle, Entry, Hole } from './chronicle.ts';
import { type Pod, podIn } from './objects.ts';

export interface Violation {
  readonly invariant: string;
  readonly at: number;
  readonly message: string;
}

/** A number that a rule has watched all the time. */
export interface Figure {
  readonly of: string;
  readonly greatest: number;
  readonly limit: number;
}

export interface Verdict {
  readonly revisions: number;
  readonly violations: readonly Violation[];
  /** Invariants that cannot be judged, because revisions of what they are about are missing. */
  readonly unjudged: readonly { readonly invariant: string; readonly hole: Hole }[];
  readonly figures: readonly Figure[];
}

/** One revision, with the object before and after it. */
export interface Change {
  readonly entry: Entry;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
  /** Present if the object is a pod. */
  readonly pod: { readonly before: Pod | undefined; readonly after: Pod | undefined } | undefined;
}

/** One invariant at work; it may remember what it has seen. */
export interface Rule {
  readonly invariant: string;
  /** Kinds of which it must see every revision. */
  readonly needs: readonly string[];
  /** What is wrong with this revision, in sentences. The world is as it is after it. */
  see(change: Change, world: World): readonly string[];
  figures?(): readonly Figure[];
}

/** The objects as they were after one revision. */
export class World {
  readonly pods = new Map<string, Pod>();
  readonly #objects = new Map<string, Map<string, KubeObject>>();

  of(kind: string): ReadonlyMap<string, KubeObject> {
    return this.#kind(kind);
  }

  podsOwnedBy(uid: string): readonly Pod[] {
    return [...this.pods.values()].filter(pod => pod.owner?.uid === uid);
  }

  apply(entry: Entry): Change {
    const { kind, object, type } = entry;
    const uid = object.metadata.uid ?? '';
    const objects = this.#kind(kind);
    const before = objects.get(uid);
    const after = type === 'DELETED' ? undefined : object;
    if (after === undefined) objects.delete(uid);
    else objects.set(uid, after);
    return { entry, before, after, pod: kind === 'Pod' ? this.#applyPod(uid, after) : undefined };
  }

  #applyPod(uid: string, object: KubeObject | undefined): Change['pod'] {
    const before = this.pods.get(uid);
    const after = object === undefined ? undefined : podIn(object);
    if (after === undefined) this.pods.delete(uid);
    else this.pods.set(uid, after);
    return { before, after };
  }

  #kind(kind: string): Map<string, KubeObject> {
    const known = this.#objects.get(kind);
    if (known !== undefined) return known;
    const objects = new Map<string, KubeObject>();
    this.#objects.set(kind, objects);
    return objects;
  }
}

export const check = ({ entries, startedAt, holes }: Chronicle, rules: readonly Rule[]): Verdict => {
  const unjudged = rules.flatMap(({ invariant, needs }) =>
    holes.filter(hole => needs.includes(hole.kind)).map(hole => ({ invariant, hole })),
  );
  const judging = rules.filter(({ invariant }) => !unjudged.some(without => without.invariant === invariant));
  const world = new World();
  const violations: Violation[] = [];
  let revisions = 0;
  for (const entry of entries) {
    const change = world.apply(entry);
    if (entry.at <= startedAt) continue; // what was there before
    revisions += 1;
    for (const rule of judging)
      for (const message of rule.see(change, world))
        violations.push({ invariant: rule.invariant, at: entry.at, message });
  }
  return { revisions, violations, unjudged, figures: judging.flatMap(rule => rule.figures?.() ?? []) };
};
