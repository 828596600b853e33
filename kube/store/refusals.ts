/** Writes that the server refused, by object. They change what is said of it, never what is planned for it. */

import { addressOf, type Instant, type Key, type Millis, type Refusal, type Resource, seconds } from '../contract.ts';

export interface Refused extends Refusal {
  /** Name of the controller, and the key that the write was planned for. */
  readonly by: string;
  readonly key: Key;
}

interface Entry extends Refused {
  /** When the message was taken. */
  readonly saidAt: Instant;
}

/** Of one resource; the one that was tried longest ago gives way. */
const most = 10_000;
/** Words that differ with each try, e.g. by a counter, would otherwise change a status with each try. */
const betweenWords: Millis = seconds(30);

export class Refusals {
  readonly #byAddress = new Map<string, Map<Key, Entry>>();

  on(resource: Resource, key: Key): Refusal | undefined {
    return this.#byAddress.size === 0 ? undefined : this.#byAddress.get(addressOf(resource))?.get(key);
  }

  /** Returns whether it is news: what is said of the object is wrong from now on. */
  note(resource: Resource, key: Key, refused: Refused): boolean {
    const entries = this.#entriesOf(resource);
    const known = entries.get(key);
    const isSame = known?.uid === refused.uid && known.why === refused.why;
    const keepsWords = isSame && refused.at - known.saidAt < betweenWords;
    // Last in the map is what was tried last.
    entries.delete(key);
    entries.set(key, keepsWords ? { ...known, at: refused.at } : { ...refused, saidAt: refused.at });
    const [oldest] = entries.keys();
    if (entries.size > most && oldest !== undefined) entries.delete(oldest);
    return !isSame;
  }

  drop(resource: Resource, key: Key): void {
    if (this.#byAddress.size === 0) return;
    const address = addressOf(resource);
    const entries = this.#byAddress.get(address);
    entries?.delete(key);
    if (entries?.size === 0) this.#byAddress.delete(address);
  }

  /** Forgets what was refused to a controller: all of it, or what was planned for one key. */
  forget(by: string, of?: Key): void {
    for (const [address, entries] of this.#byAddress) {
      for (const [key, entry] of entries)
        if (entry.by === by && (of === undefined || entry.key === of)) entries.delete(key);
      if (entries.size === 0) this.#byAddress.delete(address);
    }
  }

  #entriesOf(resource: Resource): Map<Key, Entry> {
    const address = addressOf(resource);
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const entries = new Map<Key, Entry>();
    this.#byAddress.set(address, entries);
    return entries;
  }
}
