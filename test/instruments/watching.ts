/** Lists and watches one kind in plain JSON, without the machine that is to be judged by it. */

import type { Client } from '../../kube/client.ts';
import { type Clock, sleep } from '../../kube/clock.ts';
import type { KubeObject } from '../../kube/contract.ts';
import { collectionPath } from '../../kube/paths.ts';

export interface Watched {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

export interface Listener {
  changed(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void;
  /** What happened between two revisions is not known. */
  lost(after: number, before: number): void;
}

interface List {
  readonly revision: string;
  readonly items: readonly KubeObject[];
}

const pause = 200;

export class Watching {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #watched: Watched;
  readonly #listener: Listener;
  readonly #newest = new Map<string, KubeObject>();
  readonly #gone = new Set<string>();
  #revision = '';

  constructor(
    watched: Watched,
    listener: Listener,
    { client, clock }: { readonly client: Client; readonly clock: Clock },
  ) {
    this.#watched = watched;
    this.#listener = listener;
    this.#client = client;
    this.#clock = clock;
  }

  get newest(): readonly KubeObject[] {
    return [...this.#newest.values()];
  }

  /** Reads what is there; answers with the revision of the list. */
  async begin(): Promise<number> {
    const { items, revision } = await this.#list();
    for (const item of items) this.#changed('ADDED', item);
    this.#revision = revision;
    return Number(revision);
  }

  /** Follows until the signal; connections may break, and apiservers be restarted. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const expired = await this.#watch(signal).catch(() => false);
      if (signal.aborted) return;
      if (expired) await this.#bridge().catch(() => undefined);
      else await sleep(this.#clock, pause, signal).catch(() => undefined);
    }
  }

  /** Whether everything that the apiserver has now has been seen. */
  async hasCaughtUp(): Promise<() => boolean> {
    const { items, revision } = await this.#list();
    const there = new Map(items.map(item => [uidOf(item), versionOf(item)]));
    return () =>
      [...there].every(([uid, version]) => this.#gone.has(uid) || this.#versionSeen(uid) >= version) &&
      [...this.#newest.values()].every(object => there.has(uidOf(object)) || versionOf(object) > Number(revision));
  }

  #versionSeen(uid: string): number {
    const object = this.#newest.get(uid);
    return object === undefined ? -1 : versionOf(object);
  }

  async #list(): Promise<List> {
    const { status, body } = await this.#client.request({ method: 'GET', path: collectionPath(this.#watched, '') });
    if (status !== 200)
      throw new Error(`listing ${this.#watched.plural}: ${status} ${body.toString('utf8').slice(0, 200)}`);
    const { metadata, items } = JSON.parse(body.toString('utf8')) as {
      metadata: { resourceVersion: string };
      items: readonly KubeObject[];
    };
    return { revision: metadata.resourceVersion, items };
  }

  /** Resolves when the stream ends; true if the revision to go on from has expired. */
  async #watch(signal: AbortSignal): Promise<boolean> {
    const query = { watch: '1', allowWatchBookmarks: 'true', resourceVersion: this.#revision, timeoutSeconds: '3600' };
    const stream = await this.#client.stream({ method: 'GET', path: collectionPath(this.#watched, ''), query, signal });
    if (stream.status === 410) return true;
    if (stream.status !== 200) throw new Error(`watching ${this.#watched.plural}: ${stream.status}`);
    for await (const line of linesOf(stream.chunks)) if (this.#take(JSON.parse(line) as WatchEvent)) return true;
    return false;
  }

  /** True if the stream cannot go on: whatever the error is, only a list can show what was missed. */
  #take({ type, object }: WatchEvent): boolean {
    if (type === 'ERROR') return true;
    if (type !== 'BOOKMARK') this.#changed(type, object);
    this.#revision = String(object.metadata.resourceVersion);
    return false;
  }

  /**
   * The revision has expired, which every restart of an apiserver brings about. If a list shows every object as it was
   * last seen, nothing was missed: while no apiserver ran, nobody could write. Otherwise revisions are lost.
   */
  async #bridge(): Promise<void> {
    const { items, revision } = await this.#list();
    const listed = new Set(items.map(uidOf));
    const changed = items.filter(item => versionOf(item) !== this.#versionSeen(uidOf(item)));
    const gone = [...this.#newest.values()].filter(object => !listed.has(uidOf(object)));
    if (changed.length + gone.length > 0) this.#listener.lost(Number(this.#revision), Number(revision));
    for (const object of gone)
      this.#changed('DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: revision } });
    for (const item of changed) this.#changed(this.#newest.has(uidOf(item)) ? 'MODIFIED' : 'ADDED', item);
    this.#revision = revision;
  }

  #changed(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    const uid = uidOf(object);
    if (type === 'DELETED') {
      this.#newest.delete(uid);
      this.#gone.add(uid);
    } else this.#newest.set(uid, object);
    this.#listener.changed(type, object);
  }
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? '';
export const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion);

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      if (end > 0) yield rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
    }
  }
}
