/** How far an update has come. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const evidence = 'workloads/inplace/evidence.test.ts';

export const progressMutants: readonly Mutant[] = [
  ...mutantsOf('workloads/inplace/progress.ts', evidence, [
    {
      name: 'settles as soon as a pod is Ready',
      find: 'export const settleTime = seconds(2);',
      replace: 'export const settleTime = seconds(0);',
      killedBy:
        'a pod is settled when it has been Ready for two seconds, counted from the end of the second that was written',
    },
    {
      name: 'takes times for exact that the API has cut',
      find: 'export const cut = seconds(1);',
      replace: 'export const cut = seconds(0);',
      killedBy:
        'a pod is settled when it has been Ready for two seconds, counted from the end of the second that was written',
    },
    {
      name: 'settles a crash loop in one of its flashes',
      find: 'export const settleTimeAfterCrash = seconds(30);',
      replace: 'export const settleTimeAfterCrash = settleTime;',
      killedBy: 'a restart that nobody asked for makes it thirty',
    },
    {
      name: 'overlooks one restart that nobody asked for',
      find: 'if (count > former.restartCount + 1)',
      replace: 'if (count > former.restartCount + 2)',
      killedBy: 'a restart that nobody asked for makes it thirty',
    },
    {
      name: 'believes a kubelet that has not seen the change',
      find: '(pod.managed?.observedGeneration ?? pod.generation) >= pod.generation;',
      replace: 'pod.generation > 0;',
      killedBy: 'a changed image is observed long before it runs',
    },
    {
      name: 'takes observation for proof',
      find: 'if (!replaced(c)) return unchangedContainer(c);',
      replace: "if (!replaced(c)) return { is: 'proven' };",
      killedBy: 'a changed image is observed long before it runs',
    },
    {
      name: 'takes any new container for the right one',
      find: 'if (runs(image, status) || isRetag(c)) return',
      replace: 'if (image !== status.imageID) return',
      killedBy: 'a container of the image in between is named as the wrong one',
    },
    {
      name: 'never believes a retag',
      find: 'if (runs(image, status) || isRetag(c)) return',
      replace: 'if (runs(image, status)) return',
      killedBy: 'retag-same-digest: what ends with the right image running is proven',
    },
    {
      name: 'takes equal content for proof while another image may come up',
      find: 'former.pending !== true && sameContent',
      replace: 'sameContent',
      killedBy: 'equal content proves nothing while another image may still come up',
    },
    {
      name: 'believes at once that a kubelet had nothing to do',
      find: "return afterQuiet(c, c.record.updatedAt, { reason: 'Stopping', container: name });",
      replace: "return { is: 'proven' };",
      killedBy: 'a kubelet that had nothing to do is believed after the same time',
    },
    {
      name: 'believes at once in a third name of an image',
      find: "return afterQuiet(c, startedAt, { reason: 'WrongImageRunning', container: name, image: status?.image ?? '' });",
      replace: "return { is: 'proven' };",
      killedBy: 'a digest under a third name is proven after it has run unchanged for the grace period and 30 seconds',
    },
    {
      name: 'waits for the grace period alone',
      find: 'seconds(c.pod.managed?.terminationGracePeriodSeconds ?? 30) + unchangedTime;',
      replace: 'seconds(c.pod.managed?.terminationGracePeriodSeconds ?? 30);',
      killedBy: 'a digest under a third name is proven after it has run unchanged for the grace period and 30 seconds',
    },
    {
      name: 'believes any running container on records of OpenKruise',
      find: "return status.state.is === 'running' && status.state.startedAt >= record.updatedAt;",
      replace: "return status.state.is === 'running';",
      killedBy: 'records of OpenKruise are proven by a start after the update',
    },
    {
      name: 'waits for a container that is gone',
      find: 'if (container === undefined) continue; //',
      replace: "if (container === undefined) return { is: 'waiting', for: { reason: 'NotReady' } }; //",
      killedBy: 'a record of a container that is gone keeps nobody waiting',
    },
    {
      name: 'keeps a new pod out of its Services for ever',
      find: "conditionOf(pod, conditions.inPlaceUpdateReady)?.status !== 'True';",
      replace: "conditionOf(pod, conditions.inPlaceUpdateReady)?.status === 'False';",
      killedBy: 'a new pod has its gate opened although nothing was ever updated',
    },
    {
      name: 'opens no gate once an update is proven',
      find: "return gateIsClosed(pod) ? { is: 'rejoining' } : settling(pod, record.value, now);",
      replace: 'return settling(pod, record.value, now);',
      killedBy: 'a pod whose gate is still closed is to rejoin as soon as it is proven',
    },
    {
      name: 'counts Ready from before a quick restart',
      find: "return Math.max(conditionOf(pod, 'Ready')?.since ?? now, ...started);",
      replace: "return conditionOf(pod, 'Ready')?.since ?? now;",
      killedBy: 'a crash loop is never settled, whenever one looks',
    },
    {
      name: 'settles a pod that is not Ready',
      find: "if (pod.ready !== 'True') return { is: 'settling', for: { reason: 'NotReady' } };",
      replace: '',
      killedBy: 'a pod that is not Ready is not settled, however long it has run',
    },
    {
      name: 'waits for an init container to run again',
      find: "if (runsOnceBeforeAll(c.container)) return { is: 'proven' };",
      replace: '',
      killedBy: 'native-sidecar-image: what ends with the right image running is proven',
    },
  ]),
  ...mutantsOf('workloads/inplace/drain.ts', 'controllers/statefulset/rollout.properties.test.ts', [
    {
      name: 'changes images while the pod still serves',
      find: "if (pod.ready === 'True') return { is: 'closing' };",
      replace: '',
      killedBy: 'has its gate closed, and Ready taken back, before an image is written',
    },
    {
      name: 'changes images without closing the gate',
      find: "if (gate?.status !== 'False') return { is: 'open' };",
      replace: "if (gate?.status !== 'False') return { is: 'drained' };",
      killedBy: 'has its gate closed, and Ready taken back, before an image is written',
    },
    {
      name: 'does not wait for the grace period',
      find: "return left > 0 ? { is: 'waiting', wakeAfter: left } : { is: 'drained' };",
      replace: "return { is: 'drained' };",
      in: 'controllers/statefulset/plan.test.ts',
      killedBy: 'waits for the grace period between drain and change',
    },
    {
      name: 'waits for a gate that a pod does not have',
      find: "if (!hasGate(pod)) return { is: 'drained' };",
      replace: "if (!hasGate(pod)) return { is: 'closing' };",
      in: 'controllers/statefulset/plan.test.ts',
      killedBy: 'takes a pod without the gate as it is',
    },
  ]),
];
