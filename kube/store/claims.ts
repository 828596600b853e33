/** Pods that somebody is about to disrupt. */

import type { Claim } from '../contract.ts';

export class Claims {
  readonly #byUid = new Map<string, readonly Claim[]>();

  /** The oldest claim on a pod. */
  on(uid: string): Claim | undefined {
    return this.#byUid.size === 0 ? undefined : this.#byUid.get(uid)?.[0];
  }

  /** Returns the function that ends this claim. */
  add(uid: string, claim: Claim): () => void {
    this.#byUid.set(uid, [...(this.#byUid.get(uid) ?? []), claim]);
    return () => {
      const left = (this.#byUid.get(uid) ?? []).filter(c => c !== claim);
      if (left.length === 0) this.#byUid.delete(uid);
      else this.#byUid.set(uid, left);
    };
  }
}
