/** Plans one SidecarSet over a fleet, again and again, with what a quarter of a second brings in between. */

import { sidecarSets } from '../../controllers/sidecarset/controller.ts';
import { Pods } from '../../workloads/resources.ts';
import { marksOf } from '../../workloads/sidecars/marks.ts';
import { given, say, startUsage } from '../usage.ts';
import { Fleet, type FleetOptions } from './fleet.ts';

export interface PassesOptions extends FleetOptions {
  readonly passes: number;
  /** Pods that have new versions before each pass. */
  readonly changes: number;
}

export interface Passes {
  /** CPU of one pass, in milliseconds. */
  readonly pass: number;
  /** CPU of reading every pod's marks, and nothing else: what remembers nothing does so on each pass. */
  readonly reading: number;
}

const { passes, changes, ...options } = given<PassesOptions>();
const controller = sidecarSets({
  namespace: 'berth-system',
  secretName: 'certificate',
  mutatingConfiguration: 'mutating',
  validatingConfiguration: 'validating',
});
const fleet = new Fleet(controller, options);

/** Milliseconds of CPU for each of so many times. */
const costOf = (times: number, run: () => void): number => {
  let spent = 0;
  for (let time = 0; time < times; time += 1) {
    fleet.change(changes);
    const usage = startUsage();
    run();
    spent += usage().cpuSeconds;
  }
  return (spent * 1000) / times;
};

const pass = (): void => {
  const plan = controller.pass('logs', fleet.store, fleet.now);
  if (plan?.status?.is['matchedPods'] !== options.pods) throw new Error('not all pods were counted');
};

const reading = (): void => {
  for (const pod of fleet.store.by(Pods, 'injectedSet', 'logs'))
    if (marksOf(pod).hash?.get('logs') === undefined) throw new Error(`${pod.name} has no mark`);
};

costOf(passes, pass);
costOf(5, reading);
say({ pass: costOf(passes, pass), reading: costOf(Math.ceil(passes / 5), reading) } satisfies Passes);
process.once('disconnect', () => process.exit());
