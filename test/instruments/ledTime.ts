/** Time in which somebody leads: while nobody does, nothing can be expected of anybody. */

import { record, text } from './objects.ts';
import type { Change } from './world.ts';

/** Milliseconds; a leader renews its lease every two seconds. */
const renewedWithin = 5000;

export class LedTime {
  #led = 0;
  #at: number | undefined;
  #renewedAt: number | undefined;

  /** Must see every change. Where no lease of ours was ever seen, somebody is taken to lead. */
  see({ entry, after }: Change): void {
    const passed = entry.seenAt - (this.#at ?? entry.seenAt);
    const isLed = this.#renewedAt === undefined || entry.seenAt - this.#renewedAt <= renewedWithin;
    if (isLed && passed > 0) this.#led += passed;
    this.#at = Math.max(this.#at ?? entry.seenAt, entry.seenAt);
    const { name = '' } = entry.object.metadata;
    if (entry.kind !== 'Lease' || !name.startsWith('berth')) return;
    this.#renewedAt = text(record(after?.['spec'])['holderIdentity']) === '' ? Number.NEGATIVE_INFINITY : entry.seenAt;
  }

  /** Milliseconds so far. */
  get now(): number {
    return this.#led;
  }
}
