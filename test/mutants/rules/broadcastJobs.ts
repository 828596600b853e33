/** Once on every node that fits, and never twice. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const property = 'controllers/broadcastjob/plan.property.test.ts';
const onceMeansOnce = 'once means once, and parallelism is never passed, whatever half of a plan happens';

export const broadcastJobsMutants: readonly Mutant[] = [
  ...mutantsOf('controllers/broadcastjob/slots.ts', 'controllers/broadcastjob/plan.test.ts', [
    {
      name: 'runs a job again where its ended pod is being deleted',
      find: "if (pod.phase === 'Succeeded') return 'succeeded';\n  if (pod.deletedAt !== undefined) return 'leaving';",
      replace:
        "if (pod.deletedAt !== undefined) return 'leaving';\n  if (pod.phase === 'Succeeded') return 'succeeded';",
      killedBy: 'all nodes done completes the job',
    },
    {
      name: 'takes a pod for failed that its deletion ended',
      find: "if (pod.deletedAt !== undefined) return 'leaving';\n  if (pod.phase === 'Failed') return 'failed';",
      replace: "if (pod.phase === 'Failed') return 'failed';\n  if (pod.deletedAt !== undefined) return 'leaving';",
      killedBy: 'a pod that its deletion ended has not failed',
    },
    {
      name: 'starts a pod beside one that is on its way out',
      find: "return [unfit === undefined ? { is: 'leaving', pod, node } : { is: 'unfit', node, unfit }];",
      replace: "return [unfit === undefined ? { is: 'waiting', node } : { is: 'unfit', node, unfit }];",
      in: property,
      killedBy: onceMeansOnce,
    },
    {
      name: 'takes a node made anew for the one that is done',
      find: "const node = uid === undefined ? byName.get(name ?? '') : byUid.get(uid);",
      replace: "const node = byName.get(name ?? '');",
      killedBy: 'a node made anew runs the job, although the one before it was done',
    },
    {
      name: 'starts a pod beside that of a former node of this name',
      find: "return occupant === undefined ? { is: 'waiting', node } : { is: 'leaving', pod: occupant, node };",
      replace: "return { is: 'waiting', node };",
      in: property,
      killedBy: onceMeansOnce,
    },
    {
      name: 'allows one restart too many',
      find: 'return restarts > failurePolicy.restartLimit;',
      replace: 'return restarts > failurePolicy.restartLimit + 1;',
      killedBy: 'a pod restarted beyond the limit has failed',
    },
    {
      name: 'keeps two pods on a node',
      find: 'if (pod !== best.pod) return [{ pod, because:',
      replace: 'if (false) return [{ pod, because:',
      killedBy: 'of two pods on a node the older stays',
    },
    {
      name: 'counts pods on their way out as gone',
      find: 'live: pods.filter(isLive).length,',
      replace: 'live: pods.filter(pod => isLive(pod) && pod.deletedAt === undefined).length,',
      in: property,
      killedBy: onceMeansOnce,
    },
  ]),
  ...mutantsOf('controllers/broadcastjob/plan.ts', property, [
    {
      name: 'starts one pod more than parallelism allows',
      find: 'Math.max(0, limit - live)',
      replace: 'Math.max(0, limit - live + 1)',
      killedBy: onceMeansOnce,
    },
    {
      name: 'removes the evidence before it is written what it shows',
      find: "actions: course.is === 'running' ? [...removals(job, slots), ...created.values()] : [],",
      replace: 'actions: [...removals(job, slots), ...created.values()],',
      in: 'controllers/broadcastjob/plan.test.ts',
      killedBy: 'a paused job does nothing, even to a pod whose node is gone',
    },
    {
      name: 'lets pods of a job that is over run on',
      find: "actions: pods.filter(isActive).map(pod => removal(job, pod, 'the job is over')),",
      replace: 'actions: [],',
      in: 'controllers/broadcastjob/plan.test.ts',
      killedBy: 'a failed job removes what still runs, keeps what has ended, and counts what it ended as failed',
    },
  ]),
  ...mutantsOf('controllers/broadcastjob/course.ts', 'controllers/broadcastjob/plan.test.ts', [
    {
      name: 'passes its deadline',
      find: 'if (deadline !== undefined && deadline <= now)',
      replace: 'if (deadline !== undefined && deadline + 60_000 <= now)',
      in: property,
      killedBy: 'the deadline is kept under any schedule',
    },
    {
      name: 'completes without a node',
      find: 'return partaking.length > 0 && partaking.every(',
      replace: 'return partaking.every(',
      killedBy: 'without a fitting node the job waits for one',
    },
    {
      name: 'fails while it is paused',
      find: "if (spec.paused) return { is: 'paused' };\n",
      replace: '',
      killedBy: 'a paused job does nothing, even to a pod whose node is gone',
    },
    {
      name: 'ends a job that never ends',
      find: "spec.failurePolicy.type === 'FailFast' && ends)",
      replace: "spec.failurePolicy.type === 'FailFast')",
      killedBy: 'FailFast does not end a job that never ends',
    },
  ]),
  ...mutantsOf('controllers/broadcastjob/status.ts', 'controllers/broadcastjob/plan.test.ts', [
    {
      name: 'counts a pod twice that succeeded after the end',
      find: 'failed: failed + active - stillActive - (succeededNow - succeeded),',
      replace: 'failed: failed + active - stillActive,',
      killedBy: 'a pod that succeeds although its job has failed is counted as succeeded, and nothing twice',
    },
  ]),
  ...mutantsOf('workloads/nodes/taints.ts', 'workloads/nodes/fitness.test.ts', [
    {
      name: 'tolerates every effect with one',
      find: 'if (toleration.effect && toleration.effect !== taint.effect) return false;\n',
      replace: '',
      killedBy: 'taints keep a pod away unless it tolerates them',
    },
    {
      name: 'tolerates every value with one',
      find: "return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');",
      replace: 'return Boolean(toleration.key);',
      killedBy: 'taints keep a pod away unless it tolerates them',
    },
  ]),
  ...mutantsOf('workloads/nodes/fitness.ts', 'workloads/nodes/fitness.test.ts', [
    {
      name: 'drives running pods away by NoSchedule',
      find: "const drivesAway: ReadonlySet<string> = new Set(['NoExecute']);",
      replace: "const drivesAway: ReadonlySet<string> = new Set(['NoExecute', 'NoSchedule']);",
      killedBy: 'of the taints only NoExecute drives a running pod away',
    },
    {
      name: 'starts pods on cordoned nodes',
      find: "if (node.unschedulable && !ignoresCordon) return { because: 'Unschedulable' };",
      replace: '',
      killedBy: 'a cordon keeps new pods away and lets a running one stay',
    },
  ]),
];
