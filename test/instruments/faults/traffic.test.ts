import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedBy } from './traffic.ts';

const inShort = (method: string, url: string, body = ''): string => {
  const { verb, plural, part, namespace, name } = askedBy({ method, url, headers: {} }, body);
  return [verb, plural, part, namespace, name].join('|');
};

for (const [method, url, expected] of [
  ['GET', '/api/v1/pods?watch=true', 'watch|pods|||'],
  ['GET', '/api/v1/pods?limit=500', 'list|pods|||'],
  ['GET', '/api/v1/namespaces/a/pods/b', 'get|pods||a|b'],
  ['PATCH', '/api/v1/namespaces/a/pods/b/status', 'patch|pods|status|a|b'],
  ['POST', '/api/v1/namespaces/a/pods/b/eviction', 'create|pods|eviction|a|b'],
  ['DELETE', '/apis/apps/v1/namespaces/a/controllerrevisions/c', 'delete|controllerrevisions||a|c'],
  ['PATCH', '/apis/apps.kruise.io/v1beta1/sidecarsets/s/status', 'patch|sidecarsets|status||s'],
  ['GET', '/api/v1/namespaces/a', 'get|namespaces|||a'],
  ['PUT', '/api/v1/namespaces/a/finalize', 'replace|namespaces|finalize||a'],
  ['GET', '/version', 'other||||'],
] as const)
  test(`${method} ${url} is understood`, () => assert.equal(inShort(method, url), expected));

test('a creation is about the name in its body', () => {
  assert.equal(inShort('POST', '/api/v1/namespaces/a/pods', '{"metadata":{"name":"x"}}'), 'create|pods||a|x');
  assert.equal(inShort('POST', '/api/v1/namespaces/a/pods', 'no JSON'), 'create|pods||a|');
});
