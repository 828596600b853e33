/** Who is planned when, what is claimed, and who leads. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const machine = 'kube/machine.test.ts';

export const loopMutants: readonly Mutant[] = [
  ...mutantsOf('kube/loop/carry.ts', machine, [
    {
      name: 'claims nothing',
      find: 'action.disrupts === undefined ? undefined : store.claim(',
      replace: 'true ? undefined : store.claim(',
      killedBy: 'keeps two controllers from spending one budget twice',
    },
    {
      name: 'never ends what it claims',
      find: '        release?.();\n',
      replace: '',
      killedBy: 'ends with its answer, and wakes who waited for the budget',
    },
    {
      name: 'tells nobody that a claim was not spent',
      find: 'this.#options.store.touch(resource, keyOf(namespace, name));',
      replace: '',
      killedBy: 'ends with its answer, and wakes who waited for the budget',
    },
    {
      name: 'tells of a status that was not written',
      find: "if (outcome.is === 'done') this.#notice(plan);\n        return outcome;",
      replace: 'return outcome;',
      killedBy: 'comes before the notices of what it shows',
    },
  ]),
  ...mutantsOf('kube/loop/lane.ts', machine, [
    {
      name: 'lets two controllers wake each other for ever',
      find: "if (because === 'release' && this.#retry.isPending(key)) return;",
      replace: '',
      killedBy: 'that ends in refusals again and again does not make controllers wake each other for ever',
    },
    {
      name: 'plans without leading',
      find: 'const pass = this.#options.mayPlan() ? this.#pass(key) : undefined;',
      replace: 'const pass = this.#pass(key);',
      killedBy: 'begins without the delays that were earned when it was held before',
    },
    {
      name: 'forgets to come back when time changes the plan',
      find: 'if (plan.wakeAfter !== undefined) this.#queue.add(',
      replace: 'if (false) this.#queue.add(',
      killedBy: 'is woken when its plan may change by time alone',
    },
    {
      name: 'runs hot where a plan asks for another pass at once',
      find: 'now + (plan.wakeAfter > soonest ? plan.wakeAfter : soonest)',
      replace: 'now + plan.wakeAfter',
      killedBy: 'whose plan asks for another pass at once, or at no time at all, does not run hot',
    },
    {
      name: 'writes a status as often as it changes',
      find: 'if (now < mayBeWritten) {',
      replace: 'if (false) {',
      killedBy: 'is written at most every 250 ms also where every change is urgent',
    },
  ]),
  ...mutantsOf('kube/loop/status.ts', machine, [
    {
      name: 'writes a status that is right',
      find: 'if (changed.length === 0) return undefined;',
      replace: '',
      killedBy: 'is written whole where there was none, then key by key, and not at all if it is right',
    },
  ]),
  ...mutantsOf('kube/election/lease.ts', 'kube/election.test.ts', [
    {
      name: 'takes a lease before its time is up',
      find: "lease.holder === '' || unchangedFor > lease.duration ?",
      replace: "lease.holder === '' || unchangedFor > lease.duration / 4 ?",
      killedBy: 'one leader: never two that may write, whatever is cut and frozen',
    },
    {
      name: 'writes for as long as others wait, and longer',
      find: 'export const renewDeadline: Millis = seconds(10);',
      replace: 'export const renewDeadline: Millis = seconds(20);',
      killedBy: 'one leader: never two that may write, whatever is cut and frozen',
    },
    {
      name: 'waits for a lease that was released',
      find: "lease.holder === '' || unchangedFor > lease.duration ?",
      replace: 'unchangedFor > lease.duration ?',
      killedBy: 'hands over at once when the leader stops',
    },
    {
      name: 'takes a lease whatever became of it meanwhile',
      find: '({ metadata: { resourceVersion }, spec });',
      replace: '({ metadata: {}, spec });',
      killedBy: 'makes one leader of two that find the lease free at the same moment',
    },
  ]),
];
