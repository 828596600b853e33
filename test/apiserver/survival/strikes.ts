/** SIGKILLs at moments that a seed chooses, told in changes of pods so that a run can be repeated. */

import fc from 'fast-check';
import type { ClusterProcess } from '../../cluster/process.ts';

export type Victim = 'webhook' | 'controller';

export interface Strike {
  readonly victim: Victim;
  /** How many changes of pods the chapter has seen when it falls; at the chapter's end if there are not so many. */
  readonly afterChanges: number;
}

/** By chapter of the demo: how many changes of pods it has. */
const changes: readonly number[] = [150, 70, 80, 90, 9, 140];

/** By chapter of the demo: each process is killed twice in each, at any moments of it. */
export const strikesFor = (seed: number): readonly (readonly Strike[])[] => {
  const chapter = (most: number): fc.Arbitrary<readonly Strike[]> => {
    const strike = (victim: Victim): fc.Arbitrary<Strike> =>
      fc.integer({ min: 0, max: most }).map(afterChanges => ({ victim, afterChanges }));
    const all = fc.tuple(strike('webhook'), strike('webhook'), strike('controller'), strike('controller'));
    return all.map(strikes => strikes.toSorted((a, b) => a.afterChanges - b.afterChanges));
  };
  const [strikes = []] = fc.sample(fc.tuple(...changes.map(chapter)), { seed, numRuns: 1 });
  return strikes;
};

/** Runs one thing after the other. */
export type Line = <T>(next: () => Promise<T>) => Promise<T>;

export const line = (): Line => {
  let last: Promise<unknown> = Promise.resolve();
  return next => {
    const result = last.then(next);
    last = result.catch(() => undefined);
    return result;
  };
};

/** SIGKILL, and a restart as a kubelet would do it; resolves when the process is ready again. */
export const killAndRestart = async (victim: ClusterProcess): Promise<void> => {
  await victim.kill();
  await victim.restart();
};
