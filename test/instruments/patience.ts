/** What may not last: idle places and pods that nobody looks after, counted while somebody leads. */

import { LedTime } from './ledTime.ts';
import type { Pod } from './objects.ts';
import type { Change, World } from './world.ts';

/** Something that should not last; its sentence goes on with for how long. */
export interface Idle {
  readonly id: string;
  readonly what: string;
}

/** Milliseconds, in which a process may also be started anew. */
export const usualPatience = 20_000;
/** How often it is looked. */
const every = 500;

export class Patience {
  readonly #patience: number;
  readonly #time = new LedTime();
  /** By id: since when, in led time; undefined once it has been told. */
  readonly #waiting = new Map<string, number | undefined>();
  readonly #restarts = new Map<string, number>();
  /** By uid: when an image was last changed, or a container started for it; Ready may stay True over both. */
  readonly #moved = new Map<string, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param patience milliseconds */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Must see every change; `look` finds what is idle at this moment. */
  see(change: Change, world: World, look: (world: World, now: number) => readonly Idle[]): readonly string[] {
    this.#time.see(change);
    this.#noteRestart(change);
    this.#noteMove(change);
    const now = change.entry.seenAt;
    if (now - this.#lookedAt < every) return [];
    this.#lookedAt = now;
    const all = look(world, now);
    for (const id of this.#waiting.keys()) if (!all.some(idle => idle.id === id)) this.#waiting.delete(id);
    return all
      .filter(({ id }) => this.#isOverdue(id))
      .map(({ what }) => `${what} for more than ${this.#patience / 1000} s`);
  }

  /** It has served for so long that no one waits for proof any more; one that came back by itself is watched for longer. */
  isTrusted({ uid, isReady, readySince = 0 }: Pod, now: number): boolean {
    const hasRestarted = now - (this.#restarts.get(uid) ?? Number.NEGATIVE_INFINITY) <= 60_000;
    const since = Math.max(readySince, this.#moved.get(uid) ?? 0);
    return isReady && !hasRestarted && now - since >= 5000;
  }

  #isOverdue(id: string): boolean {
    if (!this.#waiting.has(id)) this.#waiting.set(id, this.#time.now);
    const since = this.#waiting.get(id);
    if (since === undefined || this.#time.now - since <= this.#patience) return false;
    this.#waiting.set(id, undefined);
    return true;
  }

  #noteMove({ entry, pod }: Change): void {
    const { before, after } = pod ?? {};
    if (before === undefined || after === undefined) return;
    const isMoving = [...after.containers].some(([name, { image, id }]) => {
      const former = before.containers.get(name);
      return former !== undefined && (former.image !== image || former.id !== id);
    });
    if (isMoving) this.#moved.set(after.uid, entry.seenAt);
  }

  /** Of a container that nobody had changed. */
  #noteRestart({ entry, pod }: Change): void {
    const { before, after } = pod ?? {};
    if (before === undefined || after === undefined) return;
    const isAgain = [...after.containers].some(([name, { restarts, image }]) => {
      const former = before.containers.get(name);
      return former !== undefined && restarts > former.restarts && former.runningImage.endsWith(image);
    });
    if (isAgain) this.#restarts.set(after.uid, entry.seenAt);
  }
}
