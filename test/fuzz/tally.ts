/** Answers, counted by what they were. */

import type { Answer } from '../../kube/admission.ts';

export interface Seen {
  readonly answer: Answer;
  readonly millis: number;
  readonly isLate: boolean;
  readonly isWrong: boolean;
}

export type Kind = 'allowed' | 'patched' | 'refused' | '400' | '413' | '500';

export class Tally {
  readonly #kinds = new Map<Kind, number>();
  reviews = 0;
  wrong = 0;
  late = 0;
  /** Milliseconds. */
  slowest = 0;

  add({ answer, millis, isLate, isWrong }: Seen): void {
    const kind = kindOf(answer);
    this.#kinds.set(kind, this.of(kind) + 1);
    this.reviews += 1;
    if (isWrong) this.wrong += 1;
    if (isLate) this.late += 1;
    this.slowest = Math.max(this.slowest, millis);
  }

  of(kind: Kind): number {
    return this.#kinds.get(kind) ?? 0;
  }
}

const kindOf = ({ status, body }: Answer): Kind => {
  if (status !== 200) return `${status}`;
  if (body.includes('"patch":')) return 'patched';
  return body.includes('"allowed":true') ? 'allowed' : 'refused';
};
