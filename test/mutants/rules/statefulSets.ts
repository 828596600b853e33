/** Which pods of a StatefulSet are taken, and in which order. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const ofSets = 'controllers/statefulset/rollout.properties.test.ts';

export const statefulSetsMutants: readonly Mutant[] = [
  ...mutantsOf('controllers/statefulset/rollout.ts', 'controllers/statefulset/plan.test.ts', [
    {
      name: 'charges nothing for places without a pod',
      find: 'choose(moving, spec.replicas - whole, ',
      replace: 'choose(moving, all.length - whole, ',
      killedBy: 'charges a place whose pod is gone',
    },
    {
      name: 'charges nothing for pods that others claim',
      find: 'isWhole: standing.isWhole && !replica.claimed',
      replace: 'isWhole: standing.isWhole',
      killedBy: 'charges a pod that somebody claims, and takes no other beside it',
    },
    {
      name: 'rolls from the lowest ordinal up',
      find: 'filter(({ pod }) => isActive(pod)).toReversed();',
      replace: 'filter(({ pod }) => isActive(pod));',
      killedBy: 'drains, changes and lets rejoin the highest pod first',
    },
    {
      name: 'takes a pod for serving whose gate is closed',
      find: 'isReady(replica.pod) && !gateIsClosed(replica.pod)',
      replace: 'isReady(replica.pod)',
      killedBy: 'a pod that somebody claims is not taken with it while the kubelet still shows a drained one as Ready',
    },
    {
      name: 'takes every pod for one that is down',
      find: "if (isWhole) return 'whole';",
      replace: "if (isWhole) return 'down';",
      in: ofSets,
      killedBy: 'never passes its budget',
    },
    {
      name: 'leaves pods as they are that it holds',
      find: 'if (taken.has(member)) return',
      replace: 'if (taken.has(member) || held.has(member)) return',
      in: ofSets,
      killedBy: 'never passes its budget',
    },
  ]),
  ...mutantsOf('controllers/statefulset/strategy.ts', 'controllers/statefulset/plan.test.ts', [
    {
      name: 'rounds maxUnavailable of a StatefulSet up',
      find: "resolve(s.rollingUpdate.maxUnavailable, replicas, 'down')",
      replace: "resolve(s.rollingUpdate.maxUnavailable, replicas, 'up')",
      killedBy: 'rounds a share of maxUnavailable down, to one at least',
    },
    {
      name: 'never moves where maxUnavailable is less than a pod',
      find: 'Math.max(1, resolve(',
      replace: 'Math.max(0, resolve(',
      killedBy: 'rounds a share of maxUnavailable down, to one at least',
    },
  ]),
  ...mutantsOf('controllers/statefulset/goal.ts', 'controllers/statefulset/plan.test.ts', [
    {
      name: 'moves the pods that the partition keeps',
      find: 'return rank < partition ?',
      replace: 'return rank > partition ?',
      killedBy: 'keeps as many pods old as the partition says',
    },
    {
      name: 'goes on while it is paused',
      find: "if (paused) return { is: 'stay', because: { reason: 'Paused' } };",
      replace: '',
      killedBy: 'stops while it is paused, but finishes the pod that it drained',
    },
    {
      name: 'recreates with InPlaceOnly',
      find: "return policy === 'InPlaceOnly'",
      replace: "return policy === 'ReCreate'",
      killedBy: 'recreates nothing with InPlaceOnly, and says so',
    },
    {
      name: 'keeps a wish that nobody has any more',
      find: "return { is: 'withdraw', wish, because: goal.is === 'stay' ? goal.because : undefined };",
      replace: 'return goal;',
      killedBy: 'backs out of a drain that nobody wants any more',
    },
  ]),
];
