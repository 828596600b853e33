/** The numbers of a run that a reader wants to see, all taken from the record. */

import { ownChanges, type Write } from './audit.ts';
import type { Figure, Verdict } from './checker.ts';
import type { Chronicle } from './chronicle.ts';
import { imagesChanged, keyOf, type Pod } from './objects.ts';
import { isOfJob } from './rules/onceMeansOnce.ts';
import { World } from './world.ts';

export interface Summary {
  /** Pods that served: how many of them still have the uid, node and address that they began with. */
  readonly pods: { readonly kept: number; readonly of: number };
  /** Restarts of containers that nobody changed, in pods whose sidecars were. */
  readonly appRestarts: number;
  /** By set: the greatest number of unavailable pods, against maxUnavailable. */
  readonly unavailable: readonly Figure[];
  readonly executions: readonly Executions[];
  /** Writes of the controllers to pods that were updated in place, by update. */
  readonly writesPerUpdate: { readonly greatest: number; readonly mean: number; readonly updates: number };
  readonly seconds: number;
  readonly revisions: number;
  readonly violations: Verdict['violations'];
  readonly unjudged: Verdict['unjudged'];
}

/** How often a job ran, by node. */
export interface Executions {
  readonly job: string;
  readonly nodes: number;
  readonly least: number;
  readonly greatest: number;
}

export const summaryOf = (chronicle: Chronicle, verdict: Verdict): Summary => {
  const seen = look(chronicle);
  const { entries, startedAt } = chronicle;
  const during = entries.filter(entry => entry.at > startedAt);
  return {
    pods: keptOf(seen),
    appRestarts: [...seen.appRestarts.values()].reduce((sum, restarts) => sum + restarts, 0),
    unavailable: verdict.figures,
    executions: executionsIn(seen),
    writesPerUpdate: writesPerUpdate(seen, chronicle.writes ?? []),
    seconds: ((during.at(-1)?.seenAt ?? 0) - (during[0]?.seenAt ?? 0)) / 1000,
    revisions: verdict.revisions,
    violations: verdict.violations,
    unjudged: verdict.unjudged,
  };
};

interface Identity {
  readonly uid: string;
  readonly node: string;
  readonly ip: string;
}

interface Seen {
  /** By `namespace/name`: as the pod was when it was Ready for the first time. */
  readonly first: Map<string, Identity>;
  /** By uid: as the pod is in the end. */
  readonly last: ReadonlyMap<string, Pod>;
  /** By `namespace/name`: the revisions at which images in the spec were changed. */
  readonly updates: Map<string, readonly number[]>;
  /** By `namespace/name`: the first revision of an update, at which its gate was closed or its image changed. */
  readonly begun: Map<string, number>;
  /** Uids of pods whose sidecars were changed. */
  readonly withNewSidecar: Set<string>;
  /** By pod uid and container: those whose own image was changed. */
  readonly changed: Set<string>;
  /** By pod uid and container. */
  readonly appRestarts: Map<string, number>;
  /** By uid of the job, then node: pods whose container has started. */
  readonly started: Map<string, Map<string, Set<string>>>;
  /** By uid, those that are gone too. */
  readonly jobNames: Map<string, string>;
}

const look = ({ entries }: Chronicle): Seen => {
  const world = new World();
  const seen: Seen = {
    first: new Map(),
    last: world.pods,
    updates: new Map(),
    begun: new Map(),
    withNewSidecar: new Set(),
    changed: new Set(),
    appRestarts: new Map(),
    started: new Map(),
    jobNames: new Map(),
  };
  for (const entry of entries) {
    const { before, after } = world.apply(entry).pod ?? {};
    if (entry.kind === 'BroadcastJob') seen.jobNames.set(entry.object.metadata.uid ?? '', keyOf(entry.object));
    if (after === undefined) continue;
    if (isOfJob(after)) noteStart(seen, after);
    else if (after.isReady && !seen.first.has(after.key)) seen.first.set(after.key, identityOf(after));
    if (before !== undefined) noteUpdate(seen, entry.at, before, after);
  }
  return seen;
};

const identityOf = ({ uid, node, ip }: Pod): Identity => ({ uid, node, ip });

const noteStart = ({ started }: Seen, pod: Pod): void => {
  if (![...pod.containers.values()].some(container => container.hasStarted)) return;
  const job = pod.owner?.uid ?? '';
  const nodes = started.get(job) ?? new Map<string, Set<string>>();
  started.set(job, nodes.set(pod.node, (nodes.get(pod.node) ?? new Set()).add(pod.uid)));
};

const noteUpdate = (seen: Seen, at: number, before: Pod, after: Pod): void => {
  const changed = imagesChanged(before, after);
  const isDrained = before.gate === 'True' && after.gate === 'False';
  if ((isDrained || changed.length > 0) && !seen.begun.has(after.key)) seen.begun.set(after.key, at);
  if (changed.length > 0) seen.updates.set(after.key, [...(seen.updates.get(after.key) ?? []), at]);
  if (changed.some(name => after.containers.get(name)?.isInjected)) seen.withNewSidecar.add(after.uid);
  for (const name of changed) seen.changed.add(`${after.uid} ${name}`);
  if (seen.withNewSidecar.has(after.uid)) noteRestarts(seen, before, after);
};

const noteRestarts = ({ appRestarts, changed }: Seen, before: Pod, after: Pod): void => {
  for (const [name, { restarts, isInjected }] of after.containers) {
    const id = `${after.uid} ${name}`;
    const more = restarts - (before.containers.get(name)?.restarts ?? 0);
    if (!isInjected && more > 0 && !changed.has(id)) appRestarts.set(id, (appRestarts.get(id) ?? 0) + more);
  }
};

const keptOf = ({ first, last }: Seen): Summary['pods'] => {
  const isKept = ({ uid, node, ip }: Identity): boolean => {
    const now = last.get(uid);
    return now !== undefined && !now.isLeaving && now.node === node && now.ip === ip;
  };
  return { kept: [...first.values()].filter(isKept).length, of: first.size };
};

const executionsIn = ({ started, jobNames }: Seen): readonly Executions[] =>
  [...started].map(([uid, nodes]) => {
    const counts = [...nodes.values()].map(pods => pods.size);
    return {
      job: jobNames.get(uid) ?? uid,
      nodes: nodes.size,
      least: Math.min(...counts),
      greatest: Math.max(...counts),
    };
  });

/** From the first update on: what a new pod needs is not what an update costs. */
const writesPerUpdate = ({ updates, begun }: Seen, writes: readonly Write[]): Summary['writesPerUpdate'] => {
  const changes = ownChanges(writes);
  const shares = [...updates].map(([pod, revisions]) => {
    const since = begun.get(pod) ?? 0;
    const written = changes.filter(write => `${write.namespace}/${write.name}` === pod && (write.at ?? since) >= since);
    return { times: revisions.length, written: written.length };
  });
  const all = shares.reduce((sum, share) => sum + share.times, 0);
  const written = shares.reduce((sum, share) => sum + share.written, 0);
  return {
    greatest: Math.max(0, ...shares.map(share => share.written / share.times)),
    mean: all === 0 ? 0 : written / all,
    updates: all,
  };
};
