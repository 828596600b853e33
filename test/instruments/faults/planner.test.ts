import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from './perturbation.ts';
import { perturbationsOf, type Thoroughness } from './planner.ts';
import type { Moment } from './track.ts';

/** Moments of a recording, one after the other; a write is answered before the next moment unless `until` says more. */
const recording = (
  ...wishes: readonly (Pick<Moment, 'is' | 'concerns'> & {
    readonly verb: string;
    readonly object: string;
    readonly sort?: string;
    readonly until?: number;
  })[]
): readonly Moment[] =>
  wishes.map(({ is, concerns, verb, object, sort, until }, index) => {
    const at = 10 * (index + 1);
    const point = { verb, of: 'pods', object, nth: 1 };
    return {
      is,
      point,
      sort: sort ?? `${verb} ${object}`,
      concerns,
      at,
      until: until ?? (is === 'write' ? at + 5 : at),
    };
  });

const plans = (moments: readonly Moment[], thoroughness?: Thoroughness): readonly string[] =>
  perturbationsOf(moments, thoroughness).map(describe);

const write = (object: string, more: { readonly until?: number; readonly sort?: string } = {}) =>
  ({ is: 'write', verb: 'patch', object, concerns: [`pods ${object}`, 'sets db'], ...more }) as const;
const event = (object: string, concerns: readonly string[], sort?: string) =>
  ({ is: 'event', verb: 'MODIFIED', object, concerns, ...(sort === undefined ? {} : { sort }) }) as const;

test('an event is disturbed if something is written after it about the same objects', () => {
  const found = plans(
    recording(
      event('db-0', ['pods db-0', 'sets db']),
      event('web-0', ['pods web-0']),
      write('db-1'),
      event('db-1', ['sets db']),
    ),
  ).filter(plan => plan.includes('MODIFIED'));
  assert.deepEqual(found, [
    'drop MODIFIED pods db-0 #1',
    'delay MODIFIED pods db-0 #1',
    'duplicate MODIFIED pods db-0 #1',
    'expire MODIFIED pods db-0 #1',
    'cut MODIFIED pods db-0 #1',
  ]);
});

test('every write is disturbed in every way', () => {
  assert.deepEqual(plans(recording(write('db-0'))), [
    'crash before patch pods db-0 #1',
    'crash after patch pods db-0 #1',
    'stale restart patch pods db-0 #1',
    'lost answer patch pods db-0 #1',
    'late answer patch pods db-0 #1',
    'busy patch pods db-0 #1',
    'unavailable patch pods db-0 #1',
    'lost request patch pods db-0 #1',
    'error after patch pods db-0 #1',
    'black hole patch pods db-0 #1',
  ]);
});

const crashesBefore = (moments: readonly Moment[]): readonly string[] =>
  plans(moments).filter(plan => plan.startsWith('crash before'));

test('a crash before a write is left out when it is the crash after the former one', () => {
  assert.deepEqual(crashesBefore(recording(write('db-0'), write('db-1'))), ['crash before patch pods db-0 #1']);
});

test('a crash before a write is kept when something was told since, or the former write had no answer yet', () => {
  const told = recording(write('db-0'), event('db-0', ['sets db']), write('db-1'));
  const together = recording(write('db-0', { until: 25 }), write('db-1'));
  const long = recording(write('db-0', { until: 35 }), write('db-1'), write('db-2'));
  assert.deepEqual(
    [told, together, long].map(moments => crashesBefore(moments).length),
    [2, 2, 3],
  );
});

test('of moments of one sort the first and the last are disturbed, and all of them if everything is asked for', () => {
  const moments = recording(
    ...['db-0', 'db-1', 'db-2', 'db-3'].map(pod => event(pod, ['sets db'], 'Ready')),
    write('db-0'),
  );
  const dropped = (thoroughness: Thoroughness) =>
    plans(moments, thoroughness).filter(plan => plan.startsWith('drop')).length;
  assert.deepEqual([dropped('thrifty'), dropped('everything')], [2, 4]);
  assert.ok(plans(moments).includes('drop MODIFIED pods db-0 #1'));
  assert.ok(plans(moments).includes('drop MODIFIED pods db-3 #1'));
});

test('where faults are told apart by the answer alone, the first moment of a sort is enough', () => {
  const moments = recording(
    write('db-0', { sort: 'one' }),
    write('db-1', { sort: 'one' }),
    write('db-2', { sort: 'two' }),
  );
  const disturbed = (fault: string) => plans(moments).filter(plan => plan.startsWith(fault));
  assert.deepEqual(disturbed('error after'), ['error after patch pods db-0 #1', 'error after patch pods db-2 #1']);
  assert.deepEqual(disturbed('black hole'), ['black hole patch pods db-0 #1']);
});

test('a run in which nothing is written has no plans', () => {
  assert.deepEqual(plans(recording(event('db-0', ['sets db']))), []);
});
