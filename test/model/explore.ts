/** All interleavings, breadth first: the first counter-example is one of the shortest. */

import type { Model, Step } from './model.ts';
import { type State, textOf } from './state.ts';
import { Visited } from './visited.ts';

export interface Limits {
  readonly states: number;
  /** Asked now and then: whether there is still time. */
  readonly goOn: () => boolean;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** States in which nothing can happen any more. */
  readonly ends: number;
  /** All states were visited. */
  readonly complete: boolean;
  readonly found: CounterExample | undefined;
}

export interface CounterExample {
  readonly wrong: readonly string[];
  readonly trace: readonly string[];
}

export const explore = (model: Model, limits: Limits): Exploration => new Walk(model, limits).run();

class Walk {
  readonly #model: Model;
  readonly #limits: Limits;
  readonly #visited = new Visited();
  readonly #parents: number[] = [0];
  /** Pairs: a state, and one that a step leads to. */
  readonly #edges: number[] = [];
  readonly #ends: number[] = [];
  #transitions = 0;

  constructor(model: Model, limits: Limits) {
    this.#model = model;
    this.#limits = limits;
  }

  run(): Exploration {
    const start = this.#model.start();
    this.#visited.add(textOf(start));
    let level: State[] = [start];
    let first = 0;
    while (level.length > 0) {
      const next: State[] = [];
      for (const [i, state] of level.entries()) {
        if (i % 1000 === 0 && !this.#mayGoOn()) return this.#result(false, undefined);
        const found = this.#expand(state, first + i, next);
        if (found !== undefined) return this.#result(false, found);
      }
      first += level.length;
      level = next;
    }
    return this.#result(true, this.#restless());
  }

  #mayGoOn(): boolean {
    return this.#visited.count < this.#limits.states && this.#limits.goOn();
  }

  #expand(state: State, index: number, next: State[]): CounterExample | undefined {
    const steps = this.#model.steps(state);
    if (steps.length === 0) {
      this.#ends.push(index);
      const wrong = this.#model.end(state);
      return wrong.length === 0
        ? undefined
        : this.#counterExample(index, { says: 'nothing can happen any more', wrong });
    }
    for (const step of steps) {
      this.#transitions += 1;
      if (step.wrong.length > 0) return this.#counterExample(index, step);
      const { index: to, isNew } = this.#visited.add(textOf(step.next));
      this.#edges.push(index, to);
      if (!isNew) continue;
      this.#parents.push(index);
      next.push(step.next);
    }
    return undefined;
  }

  /** A state from which no end can be reached: something goes on for ever. */
  #restless(): CounterExample | undefined {
    const calm = reaching(this.#visited.count, this.#edges, this.#ends);
    const index = calm.indexOf(0);
    return index < 0
      ? undefined
      : this.#counterExample(index, {
          says: 'from here on nothing ever comes to rest',
          wrong: ['converges: no end can be reached'],
        });
  }

  #counterExample(index: number, { says, wrong }: Pick<Step, 'says' | 'wrong'>): CounterExample {
    const path = [index];
    for (let at = index; at > 0; ) {
      at = this.#parents[at] ?? 0;
      path.unshift(at);
    }
    return { wrong, trace: [...this.#replayed(path), says] };
  }

  /** Only numbers of states are kept: the steps between them are found again. */
  #replayed(path: readonly number[]): readonly string[] {
    let state = this.#model.start();
    return path.slice(1).map(index => {
      const step = this.#model.steps(state).find(({ next }) => this.#visited.add(textOf(next)).index === index);
      if (step === undefined) throw new Error('a step is not found again: the model is not deterministic');
      state = step.next;
      return step.says;
    });
  }

  #result(complete: boolean, found: CounterExample | undefined): Exploration {
    return { states: this.#visited.count, transitions: this.#transitions, ends: this.#ends.length, complete, found };
  }
}

/** 1 for each state from which one of the ends can be reached, else 0. */
const reaching = (count: number, edges: readonly number[], ends: readonly number[]): Uint8Array => {
  const starts = new Uint32Array(count + 1);
  for (let i = 1; i < edges.length; i += 2) starts[(edges[i] ?? 0) + 1] = (starts[(edges[i] ?? 0) + 1] ?? 0) + 1;
  for (let i = 0; i < count; i += 1) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  const free = starts.slice();
  const sources = new Uint32Array(edges.length / 2);
  for (let i = 0; i < edges.length; i += 2) {
    const to = edges[i + 1] ?? 0;
    sources[free[to] ?? 0] = edges[i] ?? 0;
    free[to] = (free[to] ?? 0) + 1;
  }
  const reached = new Uint8Array(count);
  const todo = [...ends];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (reached[at] === 1) continue;
    reached[at] = 1;
    for (let i = starts[at] ?? 0; i < (starts[at + 1] ?? 0); i += 1) todo.push(sources[i] ?? 0);
  }
  return reached;
};
