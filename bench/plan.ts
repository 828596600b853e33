/** How much is measured: everything as promised, or a quick look. */

export interface Plan {
  readonly runs: number;
  /** Pods of the first sync. */
  readonly pods: number;
  /** Pods that the official client can hold. */
  readonly informerPods: number;
  readonly events: number;
  readonly patches: number;
  /** Passes over a fleet that are averaged. */
  readonly passes: number;
  /** Length of one measurement of reviews. */
  readonly reviewSeconds: number;
  readonly churnSeconds: number;
  /** Runs on a real apiserver, which takes a minute each; 0 leaves it out. */
  readonly realRuns: number;
}

export const whole: Plan = {
  ...{ runs: 5, pods: 100_000, informerPods: 20_000, events: 100_000, patches: 20_000, passes: 40 },
  ...{ reviewSeconds: 4, churnSeconds: 600, realRuns: 5 },
};

export const quick: Plan = {
  ...{ runs: 1, pods: 100_000, informerPods: 10_000, events: 50_000, patches: 10_000, passes: 20 },
  ...{ reviewSeconds: 2, churnSeconds: 30, realRuns: 0 },
};

/** Told what is being measured. */
export type Report = (step: string) => void;

/** Runs one measurement after the other, so that a noisy moment hits both sides. */
export const repeated = async <T>(runs: number, measure: (run: number) => Promise<T>): Promise<readonly T[]> => {
  const results: T[] = [];
  for (let run = 1; run <= runs; run++) results.push(await measure(run));
  return results;
};
