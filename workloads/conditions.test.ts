import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withFindings } from './conditions.ts';

const at = { now: Date.UTC(2026, 0, 2), generation: 3 };
const found = { type: 'Ready', status: 'False', reason: 'Creating', message: 'pods are being created' } as const;
const written = { ...found, observedGeneration: 3, lastTransitionTime: '2026-01-02T00:00:00Z' };

describe('Findings', () => {
  it('take the place of stored conditions of their type, and leave others as they are', () => {
    const foreign = { type: 'Foreign', status: 'True' };
    assert.deepEqual(withFindings([{ type: 'Ready', status: 'True' }, foreign], [found], at), [written, foreign]);
    assert.deepEqual(withFindings([foreign], [found], at), [foreign, written]);
  });

  it('move the time only with the status', () => {
    const [again] = withFindings([written], [{ ...found, reason: 'Other' }], { now: at.now + 9000, generation: 4 });
    assert.deepEqual(again, { ...written, reason: 'Other', observedGeneration: 4 });
  });

  it('of any length make a condition that can be stored', () => {
    const [long] = withFindings([], [{ ...found, message: 'x'.repeat(2_000_000) }], at);
    assert.equal(long?.message?.length, 1000);
  });
});
