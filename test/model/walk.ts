/** One walk through a scenario that is too large to be explored: whoever moves next is drawn, and in the end all rest. */

import type { Model, Step } from './model.ts';
import type { State } from './state.ts';

export interface Walked {
  readonly steps: number;
  readonly wrong: readonly string[];
  readonly trace: readonly string[];
}

/** @param draws which of the steps that are possible comes next, each taken modulo their number */
export const walk = (model: Model, draws: readonly number[]): Walked => {
  const trace: string[] = [];
  let state = model.start();
  for (const draw of draws) {
    const step = drawn(model.steps(state), draw);
    if (step === undefined) break;
    trace.push(step.says);
    if (step.wrong.length > 0) return { steps: trace.length, wrong: step.wrong, trace };
    state = step.next;
  }
  return toItsEnd(model, state, trace);
};

/** People are slow: most draws are others' moves. */
const drawn = (steps: readonly Step[], draw: number): Step | undefined => {
  const others = steps.filter(({ kind }) => kind !== 'edit' || draw % 16 === 0);
  const among = others.length > 0 ? others : steps;
  return among[Math.floor(draw / 16) % Math.max(1, among.length)];
};

const order: readonly Step['kind'][] = ['edit', 'arrival', 'look', 'telling', 'kubelet', 'pass', 'time'];
const longest = 5000;

const toItsEnd = (model: Model, from: State, trace: string[]): Walked => {
  let state = from;
  for (let count = 0; count < longest; count += 1) {
    const steps = model.steps(state);
    const step = order.flatMap(kind => steps.find(s => s.kind === kind) ?? [])[0];
    const wrong = step === undefined ? model.end(state) : step.wrong;
    trace.push(step?.says ?? 'nothing can happen any more');
    if (step === undefined || wrong.length > 0) return { steps: trace.length, wrong, trace };
    state = step.next;
  }
  return { steps: trace.length, wrong: [`converges: no end after ${longest} steps`], trace };
};
