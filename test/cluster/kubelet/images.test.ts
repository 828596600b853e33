import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pulled } from './images.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const digestOf = (name: string): string | undefined => pulled(name)?.id.split('@')[1];

test('a name is shown as a container runtime completes it', () => {
  assert.equal(pulled('nginx')?.shown, 'docker.io/library/nginx:latest');
  assert.equal(pulled('team/app:1')?.shown, 'docker.io/team/app:1');
  assert.equal(pulled('localhost/app:1')?.shown, 'localhost/app:1');
  assert.equal(pulled('registry:5000/app')?.shown, 'registry:5000/app:latest');
});

test('another tag is another image, except a second tag of the same digest, which shows the first name', () => {
  assert.notEqual(digestOf('local.test/app:v1'), digestOf('local.test/app:v2'));
  assert.equal(digestOf('local.test/app:v1'), digestOf('local.test/app:v1again'));
  assert.equal(pulled('local.test/app:v1again')?.shown, 'local.test/app:v1');
});

test('an image named by digest has that digest, and no name to show', () => {
  assert.equal(digestOf(`local.test/app:v1@${digest}`), digest);
  assert.match(pulled(`local.test/app@${digest}`)?.shown ?? '', /^sha256:/);
});

test('some names cannot be pulled', () => {
  for (const name of ['local.test/none:v9', 'none', 'local.test/no-such-image:1', 'local.test/app:no-such-image'])
    assert.equal(pulled(name), undefined);
});
