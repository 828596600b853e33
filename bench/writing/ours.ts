/** Patches pods as the machine does: guarded actions, whose answers go into the store. */

import { actor } from '../../kube/act.ts';
import { connect } from '../../kube/client/connect.ts';
import { systemClock as clock } from '../../kube/clock.ts';
import type { Action, Outcome } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { Pods } from '../../workloads/resources.ts';
import { given, say, startUsage } from '../usage.ts';
import { changeOf, podAt, type WriterOptions } from './writer.ts';

const { kubeconfig, pods, warmUp, patches } = given<WriterOptions>();
const client = await connect({ source: { kubeconfig }, role: 'bench', clock });
const store = new Store();
store.register(Pods);
const { signal } = new AbortController();
const act = actor({ client, store, clock, mayWrite: () => true, term: () => signal, signal });

const patch = (index: number): Action => {
  const { change: _change, ...pod } = podAt(pods, index);
  return {
    do: 'patch',
    why: 'it is measured',
    target: { resource: Pods, resourceVersion: '', ...pod },
    part: 'object',
    guard: 'uid',
    patch: { as: 'json', ops: [changeOf(podAt(pods, index), index)] },
  };
};

/** Plan after plan begins, as from many controllers' keys, so that there is always a write that waits. */
const run = async (count: number): Promise<void> => {
  const outcomes: Outcome[] = [];
  const planned = async (from: number): Promise<void> => {
    for (let index = from; index < count; index += 128) outcomes.push(await act(patch(index)));
  };
  await Promise.all(Array.from({ length: 128 }, (_, from) => planned(from)));
  const failed = outcomes.find(({ is }) => is !== 'done');
  if (failed !== undefined) throw new Error(JSON.stringify(failed));
};

await run(warmUp);
const usage = startUsage();
await run(patches);
say(usage());
process.once('disconnect', () => process.exit());
