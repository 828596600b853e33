/** What a real apiserver answers to what the machine asks for: protobuf of pods and nodes, JSON of all else. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Answers, accepted, acceptedStream } from '../../kube/answers.ts';
import { connect } from '../../kube/client/connect.ts';
import type { Answer, Headers, Request } from '../../kube/client.ts';
import { systemClock as clock } from '../../kube/clock.ts';
import { addressOf, type Resource } from '../../kube/contract.ts';
import { collectionPath } from '../../kube/paths.ts';
import { isProtobuf } from '../../kube/protobuf/envelope.ts';
import { Encoding } from '../../kube/reflector/encoding.ts';
import { ControllerRevisions, Nodes, Pods } from '../../workloads/resources.ts';
import { clusterForTests } from '../cluster/shared.ts';

const cluster = await clusterForTests({ nodes: 1 });
const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'test', clock });
after(() => client.close());

const pods = '/api/v1/namespaces/default/pods';
const json = 'application/json';
const given = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one' },
  spec: { containers: [{ name: 'a', image: 'b' }] },
};

const ask = (request: Omit<Request, 'accept'>): Promise<Answer> =>
  client.request({ ...request, accept: accepted(Pods) });

const watchOf = async (resource: Resource): Promise<{ headers: Headers; types: readonly string[] }> => {
  const query = {
    ...{ watch: 'true', sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' },
    ...{ allowWatchBookmarks: 'true', timeoutSeconds: '1' },
  };
  const path = collectionPath(resource, '');
  const stream = await client.stream({ method: 'GET', path, query, accept: acceptedStream(resource) });
  const eventsIn = new Encoding(resource).eventsOf(stream.headers);
  const types: string[] = [];
  for await (const chunk of stream.chunks) for (const event of eventsIn(chunk)) types.push(event.type);
  return { headers: stream.headers, types };
};

test('answers to writes are in protobuf, and show the object', async () => {
  const answers = new Answers();
  const created = await ask({ method: 'POST', path: pods, contentType: json, body: JSON.stringify(given) });
  assert.ok(isProtobuf(created.headers));
  const one = answers.objectIn(created, Pods);
  assert.equal(one?.metadata.name, 'one');
  const patch = JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }]);
  const contentType = 'application/json-patch+json';
  const patched = await ask({ method: 'PATCH', path: `${pods}/one`, contentType, body: patch });
  assert.ok(isProtobuf(patched.headers));
  assert.deepEqual(answers.objectIn(patched, Pods)?.metadata.labels, { a: 'b' });
  assert.notEqual(answers.objectIn(patched, Pods)?.metadata.resourceVersion, one.metadata.resourceVersion);
});

test('refusals say in protobuf what they say in JSON', async () => {
  const answers = new Answers();
  const body = JSON.stringify([{ op: 'replace', path: '/spec/containers/0/image', value: '' }]);
  const patch = { method: 'PATCH', path: `${pods}/one`, contentType: 'application/json-patch+json', body } as const;
  const [compact, plain] = [await ask(patch), await client.request({ ...patch, accept: json })];
  assert.ok(isProtobuf(compact.headers) && !isProtobuf(plain.headers));
  assert.equal(compact.status, 422);
  assert.deepEqual(answers.statusIn(compact), answers.statusIn(plain));
  assert.equal(answers.statusIn(compact).causes[0]?.field, 'spec.containers[0].image');
});

for (const resource of [Pods, Nodes] as const)
  test(`a watch of ${resource.plural} is in protobuf, first state and bookmark included`, async () => {
    const { headers, types } = await watchOf(resource);
    assert.match(String(headers['content-type']), /^application\/vnd\.kubernetes\.protobuf;stream=watch/);
    assert.ok(types.includes('changed') && types.includes('bookmark'), types.join());
  });

test('a watch of a kind that is read in JSON is in JSON', async () => {
  const { headers } = await watchOf(ControllerRevisions);
  assert.match(String(headers['content-type']), /^application\/json/, addressOf(ControllerRevisions));
});
