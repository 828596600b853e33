/** Which pods of a SidecarSet are taken, and what they cost. */

import { type Mutant, mutantsOf } from '../mutant.ts';

export const sidecarSetsMutants: readonly Mutant[] = [
  ...mutantsOf('controllers/sidecarset/rollout.ts', 'controllers/sidecarset/plan.test.ts', [
    {
      name: 'counts pods as free that are updated already',
      find: 'Math.max(0, tally.all - keptOld - tally.updated)',
      replace: 'Math.max(0, tally.all - keptOld)',
      killedBy: 'no more than the partition lets go, however often it is looked',
    },
    {
      name: 'forgets pods that no budget reaches',
      find: '[...unrefused(held), ...far]',
      replace: 'unrefused(held)',
      in: 'controllers/sidecarset/invariants.test.ts',
      killedBy: 'one reason: a pod that is not where it should be has exactly one, and no other pod has any',
    },
  ]),
  ...mutantsOf('controllers/sidecarset/staying.ts', 'controllers/sidecarset/plan.test.ts', [
    {
      name: 'moves pods that the selector of the strategy leaves out',
      find: "if (strategy.selector?.matches(member.pod.labels) === false) return { reason: 'NotSelected' };",
      replace: '',
      killedBy: 'those that the selector names',
    },
    {
      name: 'moves pods before their revision is stored',
      find: 'return isRecorded && (isInjecting || stays) ? undefined : whilePending;',
      replace: 'return undefined;',
      killedBy: 'records the revision before any pod names it',
    },
    {
      name: 'evicts pods before new ones get the spec',
      find: 'isRecorded && (isInjecting || stays)',
      replace: 'isRecorded',
      in: 'controllers/sidecarset/recreate.test.ts',
      killedBy: 'are not evicted before new pods get the spec',
    },
    {
      name: 'evicts pods that nobody makes anew',
      find: '  pod.owner !== undefined &&\n',
      replace: '',
      in: 'controllers/sidecarset/recreate.test.ts',
      killedBy: 'are kept if they are pods that nobody would make anew',
    },
  ]),
  ...mutantsOf('controllers/sidecarset/allowance.ts', 'controllers/sidecarset/plan.test.ts', [
    {
      name: 'rounds maxUnavailable of a SidecarSet down',
      find: "resolve(set.spec.updateStrategy.maxUnavailable, tally.all, 'up')",
      replace: "resolve(set.spec.updateStrategy.maxUnavailable, tally.all, 'down')",
      killedBy: 'a share of all pods, rounded up',
    },
    {
      name: 'charges nothing for sidecars that are under way',
      find: 'choose(candidates, before.length, limit)',
      replace: 'choose(candidates, 0, limit)',
      in: 'controllers/sidecarset/invariants.test.ts',
      killedBy: 'budget: of pods that served when they were taken, no more than maxUnavailable are under way',
    },
    {
      name: 'takes pods for down that serve',
      find: "if (!member.isReady) return 'down';",
      replace: "if (member.isCharged || !member.isReady) return 'down';",
      killedBy: 'no more that have just come back than a budget allows that has become smaller',
    },
    {
      name: 'orders no more pods than a budget has room for',
      find: 'limitOf(situation) + waiting.filter(m => !costsAPlace(m, situation)).length;',
      replace: 'limitOf(situation);',
      killedBy: 'the one that is used least of many, behind those that cost nothing',
    },
    {
      name: 'forgets evicted pods until their successors are there',
      find: '.map(({ name }) => name), ...leaving];',
      replace: '.map(({ name }) => name)];',
      in: 'controllers/sidecarset/recreate.test.ts',
      killedBy: 'cost as long as they are on their way out',
    },
  ]),
  ...mutantsOf('workloads/sidecars/order.ts', 'workloads/sidecars/order.test.ts', [
    {
      name: 'takes a sample for all pods',
      find: 'return [...ahead.sort(byUse),',
      replace: 'return [...ahead,',
      killedBy: 'has the first of many in front, as if all were sorted, and the others behind them',
    },
  ]),
  ...mutantsOf('workloads/sidecars/partition.ts', 'controllers/sidecarset/plan.test.ts', [
    {
      name: 'rounds a partition below 100 % up to all pods',
      find: 'return roundedToAll ? total - 1 : share;',
      replace: 'return share;',
      killedBy: 'one at least under a share below 100%',
    },
    {
      name: 'rounds a partition down',
      find: "resolve(partition, total, 'up')",
      replace: "resolve(partition, total, 'down')",
      killedBy: 'all but one under a share of 1%',
    },
  ]),
  ...mutantsOf('controllers/sidecarset/member.ts', 'controllers/sidecarset/plan.test.ts', [
    {
      name: 'a settling sidecar costs nothing',
      find: 'return claimed || wasReady || isSwapping;',
      replace: 'return claimed || isSwapping;',
      killedBy: 'never gets beyond the budget, although it is Ready for a moment again and again',
    },
    {
      name: 'a restarting sidecar costs nothing',
      find: "return claimed || wasReady || pod.phase !== 'Pending';",
      replace: 'return claimed;',
      in: 'controllers/sidecarset/invariants.test.ts',
      killedBy: 'budget: of pods that served when they were taken, no more than maxUnavailable are under way',
    },
    {
      name: 'a pod that a StatefulSet drains costs a SidecarSet nothing',
      find: 'return claimed || isSwapping;\n  }',
      replace: 'return isSwapping;\n  }',
      killedBy: 'none beside a pod that somebody claims',
    },
  ]),
];
