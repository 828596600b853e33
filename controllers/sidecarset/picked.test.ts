/** How many pods are taken in the middle of a rollout: numbers that OpenKruise's users know. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Wire } from '../../kube/contract.ts';
import type { Cluster } from '../../test/support/cluster/cluster.ts';
import { aSidecarSet } from '../../test/support/sidecarsets.ts';
import { Pods } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { breakPod, fleet, settled } from './fixture.ts';

interface Moment {
  readonly total: number;
  readonly updated: number;
  /** Of the updated ones. */
  readonly ready: number;
}

/** A rollout that has come so far, with some of the pods that it has moved out of service. */
const inTheMiddle = ({ total, updated, ready }: Moment): Cluster => {
  const cluster = fleet(total);
  settled(cluster, { image: 'log:v2', strategy: { maxUnavailable: '100%', partition: total - updated } });
  const moved = cluster.objects.list(Pods).filter(pod => JSON.stringify(pod['spec']).includes('log:v2'));
  assert.equal(moved.length, updated);
  for (const { metadata } of moved.slice(ready)) breakPod(cluster, metadata.name ?? '');
  return cluster;
};

const picked = (cluster: Cluster, strategy: Wire): number => {
  cluster.apply(SidecarSets, aSidecarSet({ image: 'log:v2', strategy }));
  cluster.seeAll();
  return (cluster.plan('logs')?.actions ?? []).filter(
    a => a.do === 'patch' && a.target.resource === Pods && a.part === 'object',
  ).length;
};

describe('Pods that are taken next, of 100 of which some are updated and some of these ready', () => {
  const rows: readonly (readonly [updated: number, ready: number, strategy: Wire, count: number])[] = [
    [30, 26, { maxUnavailable: 10 }, 6],
    [30, 26, { maxUnavailable: '10%' }, 6],
    [30, 25, { maxUnavailable: '5%' }, 0],
    [30, 27, { maxUnavailable: 100 }, 70],
    [80, 76, { maxUnavailable: 10, partition: 18 }, 2],
    [80, 76, { maxUnavailable: 10, partition: 10 }, 6],
    [80, 76, { maxUnavailable: 10, partition: '18%' }, 2],
    [80, 76, { maxUnavailable: 10, partition: '10%' }, 6],
  ];
  for (const [updated, ready, strategy, count] of rows)
    it(`${updated}, ${ready}, ${JSON.stringify(strategy)}: ${count} [§11.6 c, §11.6 d]`, () =>
      assert.equal(picked(inTheMiddle({ total: 100, updated, ready }), strategy), count));
});
