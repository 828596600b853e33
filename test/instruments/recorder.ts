/** Records everything that happens to the objects that matter, from one revision on. */

import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Client } from '../../kube/client.ts';
import { type Clock, sleep } from '../../kube/clock.ts';
import type { KubeObject } from '../../kube/contract.ts';
import { AuditLog } from './audit.ts';
import { type Chronicle, chronicleOf, type Entry, type Hole, type Line } from './chronicle.ts';
import { versionOf, type Watched, Watching } from './watching.ts';

const ofKruise = (kind: string, plural: string): Watched => ({
  group: 'apps.kruise.io',
  version: 'v1beta1',
  kind,
  plural,
});

/** What invariants are about. The CRDs must be there. */
export const everything: readonly Watched[] = [
  { group: '', version: 'v1', kind: 'Pod', plural: 'pods' },
  { group: '', version: 'v1', kind: 'Node', plural: 'nodes' },
  { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces' },
  { group: '', version: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' },
  ofKruise('StatefulSet', 'statefulsets'),
  ofKruise('SidecarSet', 'sidecarsets'),
  ofKruise('BroadcastJob', 'broadcastjobs'),
  { group: 'apps', version: 'v1', kind: 'ControllerRevision', plural: 'controllerrevisions' },
  { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases' },
  { group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events' },
];

export interface RecorderOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly resources?: readonly Watched[];
  /** Where each entry is written as a line of JSON as soon as it arrives. */
  readonly file?: string;
  /** Path of the apiserver's audit log, to which it writes before it answers. */
  readonly auditLog?: string;
}

export interface Recorder extends AsyncDisposable {
  /** The objects of a kind as they were last seen. */
  newest(kind: string): readonly KubeObject[];
  /** Everything up to now, in order; kinds may lag behind each other by what is on its way. */
  chronicle(): Chronicle;
  /** Resolves when everything that had happened at the call is recorded. */
  caughtUp(): Promise<Chronicle>;
  /** Catches up and ends; the file is complete then. */
  stop(): Promise<Chronicle>;
}

/** Resolves when recording has begun: whatever happens after that is recorded. */
export const record = async (options: RecorderOptions): Promise<Recorder> => {
  const { client, clock, resources = everything } = options;
  const pages = new Pages(options);
  const watchings = resources.map(
    watched => [watched.kind, new Watching(watched, pages.listenerFor(watched.kind), { client, clock })] as const,
  );
  const ending = new AbortController();
  try {
    pages.begun(Math.max(...(await Promise.all(watchings.map(([, watching]) => watching.begin())))));
  } catch (error) {
    await pages.close();
    throw error;
  }
  const following = Promise.all(watchings.map(([, watching]) => watching.follow(ending.signal)));
  const caughtUp = async (): Promise<Chronicle> => {
    await Promise.all(watchings.map(([kind, watching]) => untilCaughtUp(kind, watching, clock)));
    return pages.chronicle();
  };
  const end = async (): Promise<void> => {
    ending.abort();
    await following;
    await pages.close();
  };
  return {
    newest: kind => watchings.find(([name]) => name === kind)?.[1].newest ?? [],
    chronicle: () => pages.chronicle(),
    caughtUp,
    stop: async () => {
      try {
        return await caughtUp();
      } finally {
        await end();
      }
    },
    [Symbol.asyncDispose]: end,
  };
};

const catchUpWithin = 10_000;

const untilCaughtUp = async (kind: string, watching: Watching, clock: Clock): Promise<void> => {
  const hasCaughtUp = await watching.hasCaughtUp();
  const deadline = clock.monotonic() + catchUpWithin;
  while (!hasCaughtUp()) {
    if (clock.monotonic() > deadline)
      throw new Error(`the recorder waited ${catchUpWithin} ms for ${kind} to catch up`);
    await sleep(clock, 20);
  }
};

/** What was recorded, in memory and in the file. */
class Pages {
  readonly #clock: Clock;
  readonly #file: WriteStream | undefined;
  readonly #audit: AuditLog | undefined;
  readonly #entries: Entry[] = [];
  readonly #holes: Hole[] = [];
  #startedAt = 0;

  constructor({ clock, file, auditLog }: RecorderOptions) {
    this.#clock = clock;
    this.#file = file === undefined ? undefined : createWriteStream(file);
    this.#audit = auditLog === undefined ? undefined : new AuditLog(auditLog);
  }

  listenerFor(kind: string) {
    return {
      changed: (type: Entry['type'], object: KubeObject): void => {
        const entry = { at: versionOf(object), type, kind, seenAt: this.#clock.now(), object };
        this.#entries.push(entry);
        this.#write({ entry });
      },
      lost: (after: number, before: number): void => {
        const hole = { kind, after, before };
        this.#holes.push(hole);
        this.#write({ hole });
      },
    };
  }

  begun(startedAt: number): void {
    this.#startedAt = startedAt;
    this.#write({ startedAt });
  }

  chronicle(): Chronicle {
    return chronicleOf(this.#entries, this.#startedAt, { holes: [...this.#holes], writes: this.#audit?.writes() });
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return;
    const writes = this.#audit?.writes();
    if (writes !== undefined) this.#write({ writes });
    this.#file.end();
    await finished(this.#file);
  }

  #write(line: Line): void {
    this.#file?.write(`${JSON.stringify(line)}\n`);
  }
}
