/** Which pods may be taken now, and which cost nothing. */

import { type Mutant, mutantsOf } from '../mutant.ts';

export const budgetMutants: readonly Mutant[] = [
  ...mutantsOf('workloads/rollout/budget.ts', 'workloads/rollout/budget.test.ts', [
    {
      name: 'takes one serving pod more than is left',
      find: 'const free = Math.max(0, limit - charged);',
      replace: 'const free = Math.max(0, limit - charged + 1);',
      killedBy: 'never takes more whole pods than it leaves',
    },
    {
      name: 'takes one serving pod at a time, whatever is left',
      find: 'const free = Math.max(0, limit - charged);',
      replace: 'const free = Math.min(1, Math.max(0, limit - charged));',
      killedBy: 'leaves no budget unused',
    },
    {
      name: 'charges pods that are down a second time',
      find: 'const free = Math.max(0, limit - charged);',
      replace: 'const free = Math.max(0, limit - charged - down.length);',
      killedBy: 'leaves no budget unused',
    },
    {
      name: 'takes unsettled pods whatever is charged beside them',
      find: 'const restless = Math.max(0, limit - (charged - unsettled.length));',
      replace: 'const restless = unsettled.length;',
      killedBy: 'never takes serving pods beyond the limit, counting what is charged and stays',
    },
    {
      name: 'charges unsettled pods a second time',
      find: 'const restless = Math.max(0, limit - (charged - unsettled.length));',
      replace: 'const restless = Math.max(0, limit - charged);',
      killedBy: 'lets a new target overtake an unfinished one, while what is charged fits the limit',
    },
    {
      name: 'lets pods that are down wait for budget',
      find: 'taken: [...down, ',
      replace: 'taken: [...down.slice(0, limit - charged), ',
      killedBy: 'always takes pods that are down',
    },
    {
      name: 'forgets unsettled pods that are held',
      find: 'held: [...unsettled.slice(restless), ',
      replace: 'held: [',
      killedBy: 'decides about every candidate, once',
    },
    {
      name: 'begins with the least preferred',
      find: "const of = (state: Candidate['state']) => candidates.filter(",
      replace: "const of = (state: Candidate['state']) => candidates.toReversed().filter(",
      killedBy: 'keeps the order of preference',
    },
  ]),
  ...mutantsOf('workloads/pods/availability.ts', 'workloads/pods/availability.test.ts', [
    {
      name: 'counts on pods that are on their way out',
      find: 'isReady(pod) && pod.deletedAt === undefined && readyIn',
      replace: 'isReady(pod) && readyIn',
      killedBy: 'is not available once it is on its way out',
    },
    {
      name: 'counts on pods before minReadySeconds have passed',
      find: 'return since === undefined ? seconds(minReadySeconds) : since + seconds(minReadySeconds) - now;',
      replace: 'return since === undefined ? seconds(minReadySeconds) : 0;',
      killedBy: 'is available after minReadySeconds, and not before',
    },
    {
      name: 'counts on pods whose sidecar is under way',
      find: 'const open = all.find(progress => !isOver(progress));',
      replace: 'const open = [own].find(progress => !isOver(progress));',
      killedBy: 'is whole only if no update of it is open, whoever made it',
    },
  ]),
];
