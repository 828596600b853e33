import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchEvent } from './frames.ts';
import { placeFor } from './names.ts';
import { inWords } from './point.ts';
import { Track } from './track.ts';
import { type Asked, askedBy } from './traffic.ts';

const place = placeFor('r1a2b3c4');
const inPlace = `/api/v1/namespaces/${place.namespace}`;
const asks = (method: string, path: string, body: unknown = {}): Asked =>
  askedBy({ method, url: path, headers: {} }, JSON.stringify(body));

const pod = (name: string, version: number, metadata: object = {}): WatchEvent => ({
  type: 'ADDED',
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: place.namespace, name, uid: name, resourceVersion: String(version), ...metadata },
  },
});
const watch = asks('GET', '/api/v1/pods?watch=true');

test('names that are random become numbers, the same for events and writes', () => {
  const track = new Track(place);
  track.happened(pod('web-7d9c-x2x9k', 1), watch);
  track.happened(pod('web-7d9c-abcde', 2), watch);
  track.happened(pod('db-0', 3), watch);
  track.asked(asks('PATCH', `${inPlace}/pods/web-7d9c-abcde/status`));
  track.asked(asks('PATCH', `/apis/apps.kruise.io/v1beta1/sidecarsets/agent-${place.id}`));
  track.asked(asks('POST', `${inPlace}/pods`, { metadata: { name: 'check-0123456789ab' } }));
  assert.deepEqual(
    track.moments.map(({ point }) => inWords(point)),
    [
      'ADDED pods web~1 #1',
      'ADDED pods web~2 #1',
      'ADDED pods db-0 #1',
      'patch pods/status web~2 #1',
      'patch sidecarsets agent #1',
      'create pods check~1 #1',
    ],
  );
});

test('what is not of the run, or depends on time alone, has no point', () => {
  const track = new Track(place);
  const foreign = [
    asks('PATCH', '/api/v1/namespaces/run-other/pods/db-0'),
    asks('PATCH', `/apis/coordination.k8s.io/v1/namespaces/${place.namespace}/leases/db`),
    asks('POST', `/apis/events.k8s.io/v1/namespaces/${place.namespace}/events`),
    asks('GET', `${inPlace}/pods/db-0`),
  ];
  for (const asked of foreign) track.asked(asked);
  track.happened({ ...pod('db-0', 1), type: 'BOOKMARK' }, watch);
  assert.deepEqual(track.moments, []);
  assert.deepEqual(
    foreign.map(asked => track.note(asked)),
    [undefined, undefined, undefined, undefined],
  );
});

test('the same thing again has the next number, and a note knows what had passed before', () => {
  const track = new Track(place);
  const patch = () => asks('PATCH', `${inPlace}/pods/db-0`);
  const [first, second] = [patch(), patch()];
  track.asked(first);
  track.happened(pod('db-0', 41), watch);
  track.asked(second);
  assert.deepEqual([track.note(first)?.point.nth, track.note(second)?.point.nth], [1, 2]);
  assert.deepEqual([track.note(first)?.revision, track.note(second)?.revision], [0, 41]);
});

test('a pod concerns its owner and its SidecarSets, also when it is written', () => {
  const track = new Track(place);
  const annotations = { 'kruise.io/sidecarset-injected-list': `agent-${place.id}` };
  const owner = { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'db', uid: 'u' };
  track.happened(pod('db-0', 1, { annotations, ownerReferences: [owner] }), watch);
  track.asked(asks('PATCH', `${inPlace}/pods/db-0`));
  for (const { concerns } of track.moments)
    assert.deepEqual(concerns, ['pods db-0', 'statefulsets db', 'sidecarsets agent']);
});

test('the answer to a write has its place in the order, and only what was carried out is counted', () => {
  const track = new Track(place);
  const [first, second] = [asks('PATCH', `${inPlace}/pods/db-0`), asks('PATCH', `${inPlace}/pods/db-1`)];
  track.asked(first);
  track.asked(second);
  track.answered(second, { status: 409 });
  track.answered(first, { status: 200 });
  assert.deepEqual(
    track.moments.map(({ at, until }) => [at, until]),
    [
      [1, 4],
      [2, 3],
    ],
  );
  assert.equal(track.carriedOut, 1);
});
