import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerStatusView } from '../pods/view.ts';
import { normalised, runs, sameContent } from './images.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

const status = (image: string, imageID = ''): ContainerStatusView => ({
  image,
  imageID,
  containerID: 'c',
  ready: true,
  started: true,
  restartCount: 0,
  state: { is: 'running', startedAt: 0 },
});

describe('Image names', () => {
  const names: readonly (readonly [string, string])[] = [
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.25', 'docker.io/library/nginx:1.25'],
    ['team/app', 'docker.io/team/app:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/nginx:1', 'docker.io/library/nginx:1'],
    ['index.docker.io/team/app:1', 'docker.io/team/app:1'],
    ['host:5000/img', 'host:5000/img:latest'],
    ['localhost/img', 'localhost/img:latest'],
    ['registry.example/a/b/c:v1', 'registry.example/a/b/c:v1'],
    [`app@${digest}`, `docker.io/library/app@${digest}`],
    ['', 'docker.io/library/:latest'],
  ];
  for (const [given, full] of names)
    it(`${given || 'nothing'} is ${full}`, () => assert.equal(normalised(given), full));

  it('a container runs an image that its status names in another way', () => {
    assert.ok(runs('nginx:alpine', status('docker.io/library/nginx:alpine')));
    assert.ok(!runs('nginx:alpine', status('docker.io/library/nginx:1.25')));
  });

  it('a digest is compared with the digest of what runs [§11.4 digests]', () => {
    assert.ok(runs(`app:v1@${digest}`, status('app:v1', `registry.example/mirror@${digest}`)));
    assert.ok(!runs(`app:v1@${digest}`, status('app:v1', `app@sha256:${'00'.repeat(32)}`)));
  });

  it('content is equal by digest, whatever stands before it, in both directions', () => {
    assert.ok(sameContent(digest, `docker.io/library/app@${digest}`));
    assert.ok(sameContent(`docker.io/library/app@${digest}`, digest));
    assert.ok(!sameContent('', ''));
    assert.ok(!sameContent(digest, `sha256:${'00'.repeat(32)}`));
  });
});
