/**
 * Regular expressions from users, searched in time proportional to the text: all possible positions in the expression
 * are followed at once, so that no expression and no text can hold up the process.
 */

import { isWord } from './classes.ts';
import { type Node, type Place, parse } from './syntax.ts';

export type Compiled = { readonly is: 'right'; readonly regex: Regex } | { readonly is: 'wrong'; readonly why: string };

/** More states than this are refused: nested counts multiply. */
const mostStates = 10_000;

export const compile = (text: string): Compiled => {
  const syntax = parse(text);
  if (syntax.is === 'wrong') return { is: 'wrong', why: `error parsing regexp: ${syntax.why}: \`${text}\`` };
  const program = new Program();
  return program.write(syntax.node) && program.end()
    ? { is: 'right', regex: new Regex(program.states) }
    : { is: 'wrong', why: `error parsing regexp: expression is too large: \`${text}\`` };
};

type State =
  | { readonly is: 'one'; readonly of: (codePoint: number) => boolean }
  | { readonly is: 'at'; readonly place: Place }
  | { readonly is: 'split'; next: number[] }
  | { readonly is: 'found' };

/** States in a row: each leads to the one behind it, but for `split`, which leads to those that it names. */
class Program {
  readonly states: State[] = [];

  end(): boolean {
    return this.#add({ is: 'found' });
  }

  #add(state: State): boolean {
    this.states.push(state);
    return this.states.length <= mostStates;
  }

  /** False as soon as it gets too large. */
  write(node: Node): boolean {
    switch (node.is) {
      case 'nothing':
        return true;
      case 'one':
      case 'at':
        return this.#add(node);
      case 'sequence':
        return node.parts.every(part => this.write(part));
      case 'choice':
        return this.#choice(node.parts);
      case 'repeat':
        return this.#repeat(node.of, node.least, node.most);
    }
  }

  #choice(parts: readonly Node[]): boolean {
    const fork: { is: 'split'; next: number[] } = { is: 'split', next: [] };
    const ends: { is: 'split'; next: number[] }[] = [];
    if (!this.#add(fork)) return false;
    for (const part of parts) {
      fork.next.push(this.states.length);
      const end: { is: 'split'; next: number[] } = { is: 'split', next: [] };
      ends.push(end);
      if (!this.write(part) || !this.#add(end)) return false;
    }
    for (const end of ends) end.next.push(this.states.length);
    return true;
  }

  #repeat(of: Node, least: number, most: number): boolean {
    for (let i = 0; i < least; i += 1) if (!this.write(of)) return false;
    if (most === Number.POSITIVE_INFINITY) return this.#loop(of);
    const exits: { is: 'split'; next: number[] }[] = [];
    for (let i = least; i < most; i += 1) {
      const exit: { is: 'split'; next: number[] } = { is: 'split', next: [this.states.length + 1] };
      exits.push(exit);
      if (!this.#add(exit) || !this.write(of)) return false;
    }
    for (const exit of exits) exit.next.push(this.states.length);
    return true;
  }

  #loop(of: Node): boolean {
    const start = this.states.length;
    const fork: { is: 'split'; next: number[] } = { is: 'split', next: [start + 1] };
    const back: { is: 'split'; next: number[] } = { is: 'split', next: [start] };
    if (!this.#add(fork) || !this.write(of) || !this.#add(back)) return false;
    fork.next.push(this.states.length);
    return true;
  }
}

export class Regex {
  readonly #states: readonly State[];

  constructor(states: readonly State[]) {
    this.#states = states;
  }

  /** Whether it matches anywhere in the text. */
  isIn(text: string): boolean {
    const points = Array.from(text, c => c.codePointAt(0) ?? 0);
    let here = new Set<number>();
    for (let at = 0; at <= points.length; at += 1) {
      if (this.#spread(here.add(0), points, at)) return true;
      const point = points[at];
      const next = new Set<number>();
      for (const index of here) {
        const state = this.#states[index];
        if (point !== undefined && state?.is === 'one' && state.of(point)) next.add(index + 1);
      }
      here = next;
    }
    return false;
  }

  /** Adds all states that are reached without reading; true if the end is one of them. */
  #spread(here: Set<number>, points: readonly number[], at: number): boolean {
    for (const index of here) {
      const state = this.#states[index];
      if (state === undefined || state.is === 'found') return true;
      if (state.is === 'split') for (const next of state.next) here.add(next);
      if (state.is === 'at' && holds(state.place, points, at)) here.add(index + 1);
    }
    return false;
  }
}

const holds = (place: Place, points: readonly number[], at: number): boolean => {
  const [before, after] = [points[at - 1], points[at]];
  const isEdge = (before !== undefined && isWord(before)) !== (after !== undefined && isWord(after));
  switch (place) {
    case 'text begin':
      return before === undefined;
    case 'text end':
      return after === undefined;
    case 'line begin':
      return before === undefined || before === 10;
    case 'line end':
      return after === undefined || after === 10;
    case 'word edge':
      return isEdge;
    case 'no word edge':
      return !isEdge;
  }
};
