/** Reads all pods with Berth's own machine, then follows events. */

import { connect } from '../../kube/client/connect.ts';
import { systemClock } from '../../kube/clock.ts';
import { startMachine } from '../../kube/machine.ts';
import { Pods } from '../../workloads/resources.ts';
import { given, say, startUsage } from '../usage.ts';
import type { ReaderOptions, ReaderOrder, Weight } from './reader.ts';

const { kubeconfig } = given<ReaderOptions>();
const client = await connect({ source: { kubeconfig }, role: 'bench', clock: systemClock });
const sync = startUsage();
const machine = startMachine({ client, clock: systemClock, controllers: [], resources: [Pods] });
await machine.synced;
say({ ...sync(), pods: machine.store.list(Pods).length });

const follow = (count: number): void => {
  let left = count;
  let usage = startUsage();
  const stop = machine.store.subscribe(() => {
    if (left === count) usage = startUsage();
    left -= 1;
    if (left > 0) return;
    stop();
    say(usage());
  });
  say({ is: 'listening' });
};

const weigh = (): Weight => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const pods = machine.store.list(Pods).length;
  return { heapMb: (heapUsed + external) / 2 ** 20, rssMb: rss / 2 ** 20, pods };
};

process.on('message', (order: ReaderOrder) => {
  switch (order.do) {
    case 'follow':
      return follow(order.count);
    case 'weigh':
      return say(weigh());
  }
});
process.once('disconnect', () => process.exit());
