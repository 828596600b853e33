import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../kube/contract.ts';
import { chronicleOf } from '../chronicle.ts';
import { differences, endStateOf, traffic } from './endState.ts';
import { placeFor } from './names.ts';

const objects = (id: string, suffix: string, image = 'app:v2'): readonly KubeObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: `db-${suffix}`, namespace: `run-${id}` },
    revision: 2,
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-${suffix}`,
      namespace: `run-${id}`,
      labels: { 'controller-revision-hash': `db-${suffix}` },
    },
    spec: { containers: [{ name: 'app', image }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', image, restartCount: 1, state: { running: {} } }] },
  },
  {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: `agent-${id}`, generation: 2 },
    status: {
      observedGeneration: 2,
      latestRevision: `db-${suffix}`,
      completionTime: '2026-11-23T03:26:31Z',
      pods: [{ pods: [`run-${id}/web-${suffix}`] }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'UpToDate', message: 'since 3 s' }],
    },
  },
];

test('runs that ended alike are said alike, whatever their names, hashes and times', () => {
  const one = endStateOf(objects('r1111', '7c9f'), placeFor('r1111'));
  const other = endStateOf(objects('r2222', '88d5'), placeFor('r2222'));
  assert.equal(one.length, 3);
  assert.deepEqual(one, other);
});

test('another image, restart or counter makes a difference, which is said', () => {
  const one = endStateOf(objects('r1111', '7c9f'), placeFor('r1111'));
  const other = endStateOf(objects('r2222', '88d5', 'app:v1'), placeFor('r2222'));
  const found = differences(one, other);
  assert.equal(found.length, 2);
  assert.match(found[0] ?? '', /^missing: Pod web~.*app=app:v2/u);
  assert.match(found[1] ?? '', /^instead: Pod web~.*app=app:v1/u);
});

test('lines that occur twice are compared as often', () => {
  assert.deepEqual(differences(['a', 'a', 'b'], ['a', 'c']), ['missing: a', 'missing: b', 'instead: c']);
});

test('objects that came and went are counted by family, from the start of the recording on', () => {
  const entry = (at: number, type: 'ADDED' | 'MODIFIED' | 'DELETED', name: string) => {
    const object: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name } };
    return { at, type, kind: 'Pod', seenAt: at, object };
  };
  const all = [
    entry(1, 'ADDED', 'old-0'),
    entry(2, 'ADDED', 'db-0'),
    entry(3, 'MODIFIED', 'db-0'),
    entry(4, 'ADDED', 'db-1'),
    entry(5, 'DELETED', 'db-1'),
  ];
  assert.deepEqual(traffic(chronicleOf(all, 1), placeFor('r1111')), ['1 × DELETED Pod db', '2 × ADDED Pod db']);
});
