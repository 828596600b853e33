/** Replays a chronicle and holds every revision of it against the invariants. */

import type { Write } from './audit.ts';
import type { Chronicle, Entry, Hole } from './chronicle.ts';
import { type Change, World } from './world.ts';

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
  /** Requests in the audit log that were judged. */
  readonly writes: number;
  readonly violations: readonly Violation[];
  /** Invariants that cannot be judged, because revisions of what they are about are missing. */
  readonly unjudged: readonly { readonly invariant: string; readonly hole: Hole }[];
  readonly figures: readonly Figure[];
}

/** What a rule needs beside kinds, if it asks who wrote. */
export const auditLog = 'audit log';

/** One invariant at work; it may remember what it has seen. */
export interface Rule {
  readonly invariant: string;
  /** Kinds of which it must see every revision, and `auditLog`. */
  readonly needs: readonly string[];
  /** What is wrong with this revision, in sentences. The world is as it is after it. */
  see?(change: Change, world: World): readonly string[];
  /** What is wrong with a write, whatever came of it. The world is as it is after it. */
  wrote?(write: Write, world: World): readonly string[];
  /** What was wrong all along. */
  ended?(world: World): readonly string[];
  figures?(): readonly Figure[];
}

export const check = (chronicle: Chronicle, rules: readonly Rule[]): Verdict => {
  const { entries, startedAt, writes = [] } = chronicle;
  const holes = holesOf(chronicle);
  const unjudged = rules.flatMap(({ invariant, needs }) =>
    holes.filter(hole => needs.includes(hole.kind)).map(hole => ({ invariant, hole })),
  );
  const judging = rules.filter(({ invariant }) => !unjudged.some(without => without.invariant === invariant));
  const court = new Court(judging);
  const { authors, others } = sorted(writes, entries);
  let next = 0;
  for (const entry of entries) {
    for (; entry.at > startedAt && (others[next]?.answeredAt ?? Infinity) <= entry.seenAt; next += 1)
      court.hearWrite(others[next]);
    court.hear(entry, { by: authors.get(entry.at), isBefore: entry.at <= startedAt });
  }
  for (; next < others.length; next += 1) court.hearWrite(others[next]);
  const violations = court.end();
  const figures = judging.flatMap(rule => rule.figures?.() ?? []);
  return { revisions: court.revisions, writes: writes.length, violations, unjudged, figures };
};

/** Where no audit log was read, that is a hole too. */
const holesOf = ({ entries, startedAt, holes, writes }: Chronicle): readonly Hole[] =>
  writes === undefined
    ? [...holes, { kind: auditLog, after: startedAt, before: entries.at(-1)?.at ?? startedAt }]
    : holes;

/** Writes that made a revision of the chronicle, by that; and all others, in the order in which they were answered. */
const sorted = (writes: readonly Write[], entries: readonly Entry[]) => {
  const revisions = new Set(entries.map(({ at }) => at));
  const authors = new Map<number, Write>();
  const others: Write[] = [];
  for (const write of writes)
    if (write.at !== undefined && revisions.has(write.at) && !authors.has(write.at)) authors.set(write.at, write);
    else others.push(write);
  return { authors, others: others.toSorted((a, b) => a.answeredAt - b.answeredAt) };
};

class Court {
  readonly #rules: readonly Rule[];
  readonly #world = new World();
  readonly #violations: Violation[] = [];
  revisions = 0;
  #at = 0;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  hear(entry: Entry, { by, isBefore }: { readonly by: Write | undefined; readonly isBefore: boolean }): void {
    const change = this.#world.apply(entry, by);
    if (isBefore) return;
    this.revisions += 1;
    this.#at = entry.at;
    this.#judge(rule => rule.see?.(change, this.#world));
    if (by !== undefined) this.hearWrite(by);
  }

  hearWrite(write: Write | undefined): void {
    if (write !== undefined) this.#judge(rule => rule.wrote?.(write, this.#world));
  }

  end(): readonly Violation[] {
    this.#judge(rule => rule.ended?.(this.#world));
    return this.#violations;
  }

  #judge(says: (rule: Rule) => readonly string[] | undefined): void {
    for (const rule of this.#rules)
      for (const message of says(rule) ?? [])
        this.#violations.push({ invariant: rule.invariant, at: this.#at, message });
  }
}
