import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seconds, type Wire } from '../../kube/contract.ts';
import { reasonsIn } from '../../test/support/reasons.ts';
import { isLive, Simulation } from './simulation.fixture.ts';

/** One thing that may happen, as data so that a failing run prints what happened. */
type Step = readonly [what: keyof typeof steps, argument: number];

const nameOf = (index: number): string => `n${index % 4}`;
const steps = {
  pass: (s: Simulation, mask: number) => s.pass(index => ((mask >> (index % 8)) & 1) === 1),
  'whole pass': (s: Simulation) => s.pass(),
  deliver: (s: Simulation) => s.deliver(),
  'pod runs': (s: Simulation, i: number) => s.podBecomes(i, 'Running'),
  'pod succeeds': (s: Simulation, i: number) => s.podBecomes(i, 'Succeeded'),
  'pod fails': (s: Simulation, i: number) => s.podBecomes(i, 'Failed'),
  'pod restarts': (s: Simulation, i: number) => s.podRestarts(i),
  'pod is deleted': (s: Simulation, i: number) => s.userDeletesPod(i),
  'pod is gone': (s: Simulation, i: number) => s.podIsGone(i),
  cordon: (s: Simulation, i: number) => s.setNode(nameOf(i), { unschedulable: true }),
  taint: (s: Simulation, i: number) => s.setNode(nameOf(i), { taints: [{ key: 'x', effect: 'NoExecute' }] }),
  heal: (s: Simulation, i: number) => s.setNode(nameOf(i), {}),
  'node goes': (s: Simulation, i: number) => s.nodes.delete(nameOf(i)),
  'node is made anew': (s: Simulation, i: number) => s.nodeIsMadeAnew(nameOf(i)),
  pause: (s: Simulation) => s.setSpec({ paused: true }),
  resume: (s: Simulation) => s.setSpec({ paused: false }),
  'parallelism changes': (s: Simulation, i: number) => s.setSpec({ parallelism: i % 4 }),
  'time passes': (s: Simulation, i: number) => {
    s.now += seconds(i);
  },
} as const;

/** Passes come most often: without them nothing that the others do can be answered wrongly. */
const what = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<(keyof typeof steps)[]>('whole pass', 'deliver') },
  { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])) },
);
const step: fc.Arbitrary<Step> = fc.tuple(what, fc.integer({ min: 0, max: 255 }));
const history = fc.array(step, { maxLength: 60 });
const policy = fc.record({
  failurePolicy: fc.constantFrom({ type: 'FailFast' }, { type: 'Continue' }, { type: 'Pause' }),
  completionPolicy: fc.constantFrom<Wire[]>(
    { type: 'Always' },
    { type: 'Never' },
    { type: 'Always', activeDeadlineSeconds: 300 },
  ),
  parallelism: fc.integer({ min: 0, max: 4 }),
});

const count = (status: Wire, name: string): number => {
  const value = status[name] ?? 0;
  assert.ok(typeof value === 'number' && value >= 0, `${name} is ${JSON.stringify(value)}`);
  return value;
};

const sumOf = (status: Wire): number => count(status, 'active') + count(status, 'succeeded') + count(status, 'failed');

const isOver = ({ phase }: { readonly phase?: unknown }): boolean => phase === 'completed' || phase === 'failed';

/** Plays a history; `check` sees the simulation after each step. */
const play = (spec: Wire, happened: readonly Step[], check: (s: Simulation) => void = () => {}): Simulation => {
  const simulation = new Simulation(spec, 3);
  for (const [what, argument] of happened) {
    steps[what](simulation, argument);
    check(simulation);
  }
  return simulation;
};

// The simulation itself checks each creation against what is really there.
test('once means once, and parallelism is never passed, whatever half of a plan happens', () => {
  fc.assert(
    fc.property(policy, history, (spec, happened) => {
      play(spec, happened);
    }),
    { numRuns: 500 },
  );
});

test('counters add up and are never negative', () => {
  fc.assert(
    fc.property(policy, history, (spec, happened) => {
      play(spec, happened, ({ status }) => {
        assert.ok(sumOf(status) <= count(status, 'desired'), JSON.stringify(status));
      });
    }),
    { numRuns: 500 },
  );
});

test('a job that is over stays so, and each pod of it stays counted once', () => {
  fc.assert(
    fc.property(policy, history, (spec, happened) => {
      let end: Wire | undefined;
      play({ ...spec, parallelism: 4 }, [['whole pass', 0], ...happened], ({ status }) => {
        if (end !== undefined) {
          const now = [status['phase'], status['desired'], sumOf(status)];
          assert.deepEqual(now, [end['phase'], end['desired'], sumOf(end)]);
        }
        if (isOver(status)) end = status;
      });
    }),
    { numRuns: 500 },
  );
});

test('each node without a pod has exactly one reason while the job is not over', () => {
  fc.assert(
    fc.property(policy, history, (spec, happened) => {
      play(spec, happened, simulation => {
        if (isOver(simulation.status)) return;
        const plan = simulation.plan();
        const { status } = plan;
        const reasons = reasonsIn(plan);
        const names = reasons.map(reason => reason.pod);
        assert.equal(new Set(names).size, names.length);
        const is = status?.is ?? {};
        const waiting = count(is, 'desired') - sumOf(is);
        const unfit = reasons.filter(({ reason }) => ['Unschedulable', 'Taint'].includes(reason)).length;
        if (!isOver(is)) assert.equal(names.length - unfit, waiting);
      });
    }),
    { numRuns: 500 },
  );
});

test('the deadline is kept under any schedule', () => {
  fc.assert(
    fc.property(history, happened => {
      const simulation = play({ parallelism: 2, completionPolicy: { activeDeadlineSeconds: 300 } }, happened);
      simulation.pass();
      simulation.setSpec({ paused: false });
      simulation.now += seconds(300);
      simulation.pass();
      assert.ok(isOver(simulation.status), JSON.stringify(simulation.status));
    }),
    { numRuns: 500 },
  );
});

test('left alone, a job ends with every node done once, nothing running, and then is quiet', () => {
  fc.assert(
    fc.property(history, happened => {
      const simulation = play({ parallelism: 2 }, [...happened, ['node is made anew', 0]]);
      const wasOver = isOver(simulation.status);
      simulation.settle();
      assert.ok(isOver(simulation.status), JSON.stringify(simulation.status));
      if (!wasOver) assert.deepEqual(simulation.nodesNotDone(), []);
      assert.equal([...simulation.pods.values()].filter(isLive).length, 0);
      assert.equal(simulation.pass(), false);
      simulation.now += seconds(3600);
      assert.equal(simulation.pass(), false);
    }),
    { numRuns: 500 },
  );
});
