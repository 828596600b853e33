import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PodCondition } from '../../api/kubernetes.ts';
import { isLeftClosed, withGates } from './gates.ts';

const gate = { conditionType: 'KruisePodReady' };
const other = { conditionType: 'example.com/other' };

describe('The gate KruisePodReady', () => {
  const said = (status: string, message?: string): readonly PodCondition[] => [
    { type: 'Ready', status: 'False' },
    { type: 'KruisePodReady', status, ...(message !== undefined && { message }) },
  ];
  const hook = '[{"userAgent":"Lifecycle","key":"preDeleteHook"}]';
  const rows: readonly (readonly [string, readonly PodCondition[], boolean])[] = [
    ['nobody has said anything yet', [], true],
    ['it is open', said('True', ''), false],
    ['somebody holds it', said('False', hook), false],
    ['two hold it', said('False', '[{"userAgent":"A","key":"a"},{"userAgent":"B","key":"b"}]'), false],
    ['the last one has let go', said('False', '[]'), true],
    ['it was closed by hand', said('False', ''), false],
    ['it was closed with words of somebody', said('False', 'maintenance'), false],
    ['it was never decided, and nobody holds it', said(''), true],
    ['it was never decided, and somebody holds it', said('', hook), false],
  ];
  for (const [when, conditions, is] of rows)
    it(`${is ? 'is left closed' : 'is open or held'} when ${when}`, () =>
      assert.equal(isLeftClosed([other, gate], conditions), is));

  it('is not closed where there is none', () => assert.equal(isLeftClosed([other], []), false));
});

describe('Gates', () => {
  it('are added behind those that are there, each once', () => {
    assert.deepEqual(withGates(undefined, ['a', 'b']), [{ conditionType: 'a' }, { conditionType: 'b' }]);
    assert.deepEqual(withGates([gate, other], ['KruisePodReady', 'a']), [gate, other, { conditionType: 'a' }]);
  });
});
