import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Summary } from '../test/instruments/summary.ts';
import { rowsOf, textOf } from './table.ts';

const kept: Summary = {
  pods: { kept: 40, of: 40 },
  appRestarts: 0,
  unavailable: [{ of: 'StatefulSet demo/db', greatest: 3, limit: 3 }],
  executions: [{ job: 'demo/check-nodes', nodes: 20, least: 1, greatest: 1 }],
  writesPerUpdate: { greatest: 3, mean: 1.5, updates: 41 },
  seconds: 38,
  revisions: 800,
  violations: [],
  unjudged: [],
};

const broken: Readonly<Record<string, Partial<Summary>>> = {
  'a pod that was made anew': { pods: { kept: 39, of: 40 } },
  'a pod that never served': { pods: { kept: 39, of: 39 } },
  'a restarted app': { appRestarts: 1 },
  'a budget that was passed': { unavailable: [{ of: 'StatefulSet demo/db', greatest: 4, limit: 3 }] },
  'a node that was visited twice': { executions: [{ job: 'j', nodes: 20, least: 1, greatest: 2 }] },
  'a node that was left out': { executions: [{ job: 'j', nodes: 19, least: 1, greatest: 1 }] },
  'a job that never ran': { executions: [] },
  'too many writes': { writesPerUpdate: { greatest: 4.5, mean: 2, updates: 41 } },
  'updates that nobody counted': { writesPerUpdate: { greatest: 0, mean: 0, updates: 0 } },
  'a violated invariant': { violations: [{ invariant: 'budget', at: 7, message: 'four of three' }] },
  'an empty record': { revisions: 0 },
};

describe('The closing table', () => {
  it('holds when every promise was kept', () => assert.ok(rowsOf(kept).every(row => row.holds)));

  for (const [what, change] of Object.entries(broken))
    it(`does not hold with ${what}`, () => {
      assert.equal(rowsOf({ ...kept, ...change }).filter(row => !row.holds).length, 1);
    });

  it('spells violations out', () => {
    const summary = { ...kept, violations: [{ invariant: 'budget', at: 7, message: 'four of three' }] };
    assert.match(textOf(rowsOf(summary), summary), /✗ violations.*\n.*budget at revision 7: four of three/);
  });
});
