import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chronicleOf } from '../chronicle.ts';
import { faultsOf } from './judge.ts';
import { placeFor } from './names.ts';
import type { Run } from './run.ts';

const reference: Run = {
  place: placeFor('r1111'),
  reached: true,
  stuck: undefined,
  moments: [],
  chronicle: chronicleOf([], 0, { writes: [] }),
  endState: ['Pod db-0: Running'],
  traffic: ['1 × ADDED Pod db'],
  writes: 10,
  seconds: 1,
};

test('a run that ended like the reference, by the same objects, has no faults', () => {
  assert.deepEqual(faultsOf({ ...reference, writes: 18 }, reference), []);
});

test('another end, an object made twice, and too many writes are faults', () => {
  const run = { ...reference, endState: ['Pod db-0: Pending'], traffic: ['2 × ADDED Pod db'], writes: 19 };
  assert.deepEqual(faultsOf(run, reference), [
    'missing: Pod db-0: Running',
    'instead: Pod db-0: Pending',
    'objects that came and went: missing: 1 × ADDED Pod db',
    'objects that came and went: instead: 2 × ADDED Pod db',
    '19 writes were carried out, where the reference needs 10',
  ]);
});

test('a run that did not come to its end says where it stood', () => {
  const run = { ...reference, stuck: 'after 60 s: it stands', endState: [] };
  assert.deepEqual(faultsOf(run, reference), ['after 60 s: it stands']);
});

test('a violated invariant is a fault, also of the reference', () => {
  const job = (name: string) => ({
    at: 5,
    type: 'ADDED' as const,
    kind: 'Pod',
    seenAt: 0,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        uid: name,
        resourceVersion: '5',
        ownerReferences: [
          { apiVersion: 'apps.kruise.io/v1beta1', kind: 'BroadcastJob', name: 'check', uid: 'u', controller: true },
        ],
      },
      spec: { nodeName: 'n1', containers: [] },
      status: { phase: 'Running' },
    },
  });
  const found = faultsOf({ ...reference, chronicle: chronicleOf([job('a'), job('b')], 0, { writes: [] }) }, undefined);
  assert.deepEqual(found, ['once means once, revision 5: b and a of one job are live on n1']);
});
