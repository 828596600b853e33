/** The rules by which records of clusters are judged: what is wrong must be found there, too. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const rules = 'test/instruments/rules';
const checker = 'test/instruments/checker.test.ts';
const ofSets = `${rules}/statefulsets.test.ts`;
const ofWrites = `${rules}/writes.test.ts`;
const ofInjection = `${rules}/injection.test.ts`;
const ofCompletion = `${rules}/complete.test.ts`;

export const checkerMutants: readonly Mutant[] = [
  ...mutantsOf(`${rules}/statefulSetBudget.ts`, checker, [
    {
      name: 'the checker allows one pod more than the budget of a StatefulSet',
      find: 'return state.down.length - unseen > state.limit\n',
      replace: 'return state.down.length - unseen > state.limit + 1\n',
      killedBy: 'two drained at a limit of one',
    },
    {
      name: 'the checker forgets minReadySeconds',
      find: ' && now - (pod.readySince ?? now) >= minReadyMs;',
      replace: ';',
      killedBy: 'a share is rounded down and is one at least; minReadySeconds keep a slot used',
    },
    {
      name: 'the checker takes what others delete for ours',
      find: 'by === undefined || isOurs(by);',
      replace: 'true;',
      killedBy: 'what a user deletes is not ours',
    },
  ]),
  ...mutantsOf(`${rules}/sidecarSetBudget.ts`, checker, [
    {
      name: 'the checker allows one pod more than the budget of a SidecarSet',
      find: 'return underWay > limit\n',
      replace: 'return underWay > limit + 1\n',
      killedBy: 'budget of a SidecarSet: a third pod under way at a limit of two',
    },
  ]),
  ...mutantsOf(`${rules}/inPlace.ts`, checker, [
    {
      name: 'the checker overlooks a restart of another container',
      find: 'return is > was\n',
      replace: 'return is > was + 1\n',
      killedBy: 'another container restarts',
    },
    {
      name: 'the checker overlooks another node',
      find: "before.node !== '' && after.node !== before.node",
      replace: "before.node !== '' && after.node === ''",
      killedBy: 'node or address change',
    },
  ]),
  ...mutantsOf(`${rules}/gateBeforePatch.ts`, checker, [
    {
      name: 'the checker lets images change while a pod serves',
      find: 'return before.isReady ? [',
      replace: 'return false ? [',
      killedBy: 'the image changes while the pod still serves',
    },
    {
      name: 'the checker lets a gate open on the former container',
      find: 'if (container.isRunning && (container.id !== former || ',
      replace: 'if (container.isRunning || (container.id !== former || ',
      killedBy: 'the gate opens before the new container runs',
    },
  ]),
  ...mutantsOf(`${rules}/onceMeansOnce.ts`, checker, [
    {
      name: 'the checker forgets which nodes are done',
      find: "if (after.phase === 'Succeeded') done.add(placeOf(after));",
      replace: '',
      killedBy: 'a node that was done runs again, even after its pod is gone',
    },
    {
      name: 'the checker sees no second pod on a node',
      find: 'other.uid !== pod.uid && other.node === pod.node && isLive(other)',
      replace: 'other.uid === pod.uid && other.node !== pod.node && isLive(other)',
      killedBy: 'two live pods on one node',
    },
    {
      name: 'the checker allows one pod more than parallelism',
      find: 'return limit === undefined || live <= limit\n',
      replace: 'return limit === undefined || live <= limit + 1\n',
      killedBy: 'more than parallelism at a time, as a number and as a share',
    },
  ]),
  ...mutantsOf(`${rules}/statusNeverLies.ts`, checker, [
    {
      name: 'the checker lets observedGeneration fall',
      find: '...(is < was ? [',
      replace: '...(is < 0 ? [',
      killedBy: 'observedGeneration falls or runs ahead',
    },
    {
      name: 'the checker believes in one updated pod more than there is',
      find: 'return count(updatedReplicas) > really\n',
      replace: 'return count(updatedReplicas) > really + 1\n',
      killedBy: 'more pods are said to be updated than are',
    },
  ]),
  ...mutantsOf(`${rules}/completeMeansComplete.ts`, ofCompletion, [
    {
      name: 'the checker believes that a StatefulSet is rolled out',
      find: '.filter(pod => revisionOf(pod) !== updateRevisionOf(set))',
      replace: '.filter(() => false)',
      killedBy: 'a StatefulSet says that it is ready, and a pod is behind',
    },
    {
      name: 'the checker lets a job count a node twice',
      find: 'return done !== undefined && succeeded > done.size\n',
      replace: 'return done !== undefined && succeeded > 2 * done.size\n',
      killedBy: 'a job counts a node twice',
    },
  ]),
  ...mutantsOf(`${rules}/oneLife.ts`, ofSets, [
    {
      name: 'the checker sees no second pod of a name',
      find: 'other.key === pod.key && other.uid !== pod.uid',
      replace: 'other.key === pod.key && other.uid === ""',
      killedBy: 'a second pod of a name while the first exists',
    },
    {
      name: 'the checker lets pods be deleted at once',
      find: "return write.verb === 'delete' && gracePeriodSeconds === 0\n",
      replace: "return write.verb === 'delete' && gracePeriodSeconds === -1\n",
      killedBy: 'no grace period',
    },
  ]),
  ...mutantsOf(`${rules}/order.ts`, ofSets, [
    {
      name: 'the checker lets pods move below the partition',
      find: 'return isNew && !mayMove ? [',
      replace: 'return isNew && mayMove ? [',
      killedBy: 'below the partition a pod moves',
    },
    {
      name: 'the checker lets pods be made before lower ones serve',
      find: 'return spec.isWanted(ordinal) && !serves && !lately',
      replace: 'return !spec.isWanted(ordinal) && !serves && !lately',
      killedBy: 'a pod is made before a lower one serves',
    },
  ]),
  ...mutantsOf(`${rules}/claimsStay.ts`, ofSets, [
    {
      name: 'the checker lets claims be deleted',
      find: "return write.verb.startsWith('delete') && !mayGo ?",
      replace: "return write.verb.startsWith('delete') && mayGo ?",
      killedBy: 'a claim is deleted by us, or is to go with its set',
    },
    {
      name: 'the checker lets two pods have one claim',
      find: '.filter(other => other.claims.includes(claim))',
      replace: '.filter(() => false)',
      killedBy: 'two pods have one claim',
    },
  ]),
  ...mutantsOf('test/instruments/patience.ts', ofSets, [
    {
      name: 'the checker waits for ever for a free place to be used',
      find: 'this.#time.now - since <= this.#patience) return false;',
      replace: 'this.#time.now - since <= 1000 * this.#patience) return false;',
      killedBy: 'a place is free, and pods are behind',
    },
  ]),
  ...mutantsOf(`${rules}/handsOff.ts`, ofWrites, [
    {
      name: 'the checker lets Berth write to pods of others',
      find: 'return object === undefined || isOurBusiness(object, world)\n',
      replace: 'return object === undefined || object.kind === "Pod" || isOurBusiness(object, world)\n',
      killedBy: 'a pod that is neither owned nor selected is written to',
    },
    {
      name: 'the checker lets deletions go without a uid',
      find: "return record(options['preconditions'])['uid'] === undefined ?",
      replace: 'return options === undefined ?',
      killedBy: 'a deletion that does not say which uid it means',
    },
  ]),
  ...mutantsOf(`${rules}/noLostUpdate.ts`, ofWrites, [
    {
      name: 'the checker overlooks lost finalizers of pods',
      find: "...differing(was, is, ['finalizers']),",
      replace: '',
      killedBy: 'a label, a finalizer or a condition of somebody else is gone',
    },
  ]),
  ...mutantsOf(`${rules}/quiet.ts`, ofWrites, [
    {
      name: 'the checker allows any number of writes for an update',
      find: 'const greatest = 4;',
      replace: 'const greatest = 40;',
      killedBy: 'five writes for one update',
    },
    {
      name: 'the checker lets writes change nothing',
      find: '...(write.isVain ? [',
      replace: '...(false ? [',
      killedBy: 'a write that changes nothing',
    },
  ]),
  ...mutantsOf(`${rules}/oneLeader.ts`, ofWrites, [
    {
      name: 'the checker lets a former leader write',
      find: 'return write.receivedAt > taken.at ?',
      replace: 'return write.receivedAt > taken.at + 60_000 ?',
      killedBy: 'a frozen leader goes on when another leads',
    },
  ]),
  ...mutantsOf(`${rules}/injectionComplete.ts`, ofInjection, [
    {
      name: 'the checker overlooks pods that were never counted as lacking a set',
      find: 'return counted < late\n',
      replace: 'return counted < late - 1\n',
      killedBy: 'where no webhook answered, the pod is counted within 30 s',
    },
  ]),
  ...mutantsOf(`${rules}/harmlessInjection.ts`, ofInjection, [
    {
      name: 'the checker lets pods be changed that no set matches',
      find: 'mutatedByUs(by.notes) && !isSelected(after, world) &&',
      replace: 'mutatedByUs(by.notes) && isSelected(after, world) &&',
      killedBy: 'a pod that no set matches is changed at admission',
    },
  ]),
];
