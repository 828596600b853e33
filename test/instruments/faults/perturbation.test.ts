import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  describe,
  type EventFaultKind,
  eventFaults,
  idOf,
  type Plan,
  planIn,
  type WriteFault,
  writeFaults,
} from './perturbation.ts';

const isWriteFault = (fault: WriteFault | EventFaultKind): fault is WriteFault =>
  writeFaults.some(one => one === fault);

const point = fc.record({
  verb: fc.constantFrom('create', 'patch', 'delete', 'ADDED', 'MODIFIED', 'DELETED'),
  of: fc.constantFrom('pods', 'pods/status', 'controllerrevisions', 'sidecarsets/status'),
  object: fc.constantFrom('db', 'db-2', 'db-12', 'web~3', 'agent~1'),
  nth: fc.integer({ min: 1, max: 300 }),
});
const plan: fc.Arbitrary<Plan> = fc
  .tuple(fc.constantFrom('statefulset', 'broadcastjob'), fc.constantFrom(...writeFaults, ...eventFaults), point)
  .map(([scenario, fault, { ...at }]) => ({
    scenario,
    perturbation: isWriteFault(fault) ? { do: fault, write: at } : { do: fault, event: at },
  }));

test('a plan is read again from its id and from its JSON', () => {
  fc.assert(
    fc.property(plan, given => {
      assert.deepEqual(planIn(idOf(given)), given);
      assert.deepEqual(planIn(JSON.stringify(given)), given);
    }),
  );
});

test('an id is one word for a shell', () => {
  fc.assert(fc.property(plan, given => assert.match(idOf(given), /^[A-Za-z0-9_./:-]+$/u)));
});

test('a plan reads as what goes wrong', () => {
  const found = planIn('statefulset/crash-after/patch:pods.status:db-1:2');
  assert.equal(describe(found.perturbation), 'crash after patch pods/status db-1 #2');
});

for (const [what, text] of [
  ['an unknown fault', 'statefulset/explode/patch:pods:db-1:1'],
  ['no scenario', 'crash-after/patch:pods:db-1:1'],
  ['no number', 'statefulset/crash-after/patch:pods:db-1'],
  ['the number 0', 'statefulset/crash-after/patch:pods:db-1:0'],
  ['JSON of something else', '{"scenario":"statefulset"}'],
  ['JSON with a number for a verb', '{"scenario":"a","perturbation":{"do":"drop","event":{"verb":1}}}'],
  ['nothing', ''],
] as const)
  test(`${what} is no plan, and the message says what one looks like`, () => {
    assert.throws(() => planIn(text), /no plan: .*expected scenario\/fault\/point, e\.g\. statefulset/su);
  });
