import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashesAsGiven, hashesOf } from './hash.ts';

const plain = { name: 'container1', image: 'test-image' };
const native = { ...plain, restartPolicy: 'Always' };

/** As OpenKruise's own tests expect them. */
const one = 'w26c4x8fz245642fdv499b464248f974xddx4x55z5dw55bc6x66464fxz77dc78';
const oneWithoutImage = '8wzddb4dvv9c6x8zdc77z4z75987424f457dfv6724ddw6zbdx467wz5x24fc759';

describe('The hashes of a SidecarSet', () => {
  it('are those of OpenKruise for containers, and plain init containers do not take part [§5 containers]', () => {
    assert.deepEqual(hashesAsGiven({ containers: [plain] }), { hash: one, withoutImage: oneWithoutImage });
    assert.deepEqual(hashesAsGiven({ containers: [plain], initContainers: [plain] }).hash, one);
  });

  it('take in all init containers as soon as one of them keeps running [§5 native]', () => {
    assert.deepEqual(hashesAsGiven({ containers: [plain], initContainers: [native] }), {
      hash: '4xwx4d4844vd4v9x79wb4xbxf4xb29475cc4446v8cz2c2f2f5c5bw448vd42z8w',
      withoutImage: '5725fw8bwbx249bw57v5892c847dzf48bww9zb7c86xb95264fdz26654847b2c8',
    });
  });

  it('are the same for absent and for empty lists', () => {
    const none = 'x5vwx9w6vv4dv72c9w4c2f6v74fbwx545b45bbfz6z2dvf8w887xw86fvcb4cf48';
    assert.equal(hashesOf({}).hash, none);
    assert.equal(hashesOf({ containers: [], initContainers: [] }).hash, none);
  });

  it('escape HTML, print quantities canonically and know the defaults [§5 escapes]', () => {
    const given = {
      name: 'sidecar1',
      image: 'centos:6.7',
      command: ['sh', '-c', 'a && b > c'],
      resources: { limits: { memory: '1024Mi', cpu: '0.5' } },
    };
    assert.equal(
      hashesOf({ containers: [given] }).hash,
      '4c2858b8697b7489c48c4f4dxfb644w5wvbd86x58bw2d545f466v288424f29vf',
    );
  });

  it('do not see what Kubernetes does not know, nor how a quantity is written', () => {
    const with1Gi = hashesOf({ containers: [{ ...plain, resources: { limits: { memory: '1Gi' } } }] });
    const with1024Mi = hashesOf({
      containers: [{ ...plain, resources: { limits: { memory: '1024Mi' } }, newField: 1 }],
    });
    assert.deepEqual(with1Gi, with1024Mi);
  });

  it('differ by the pull policy that an image implies', () => {
    const hashOf = (image: string, imagePullPolicy: string) =>
      hashesOf({ containers: [{ name: 'a', image, imagePullPolicy }] }).withoutImage;
    const implied = (image: string) => hashesOf({ containers: [{ name: 'a', image }] }).withoutImage;
    const digest = `a@sha256:${'0'.repeat(64)}`;
    for (const image of ['a', 'a:latest', 'host:5000/a', `a:latest@sha256:${'0'.repeat(64)}`])
      assert.equal(implied(image), hashOf(image, 'Always'), image);
    for (const image of ['a:1', 'host:5000/a:1', digest, 'NotAName'])
      assert.equal(implied(image), hashOf(image, 'IfNotPresent'), image);
  });

  it('stand still for an image, and only the one without images does [§5 without image]', () => {
    const before = hashesOf({ containers: [plain] });
    const after = hashesOf({ containers: [{ ...plain, image: 'other:1' }] });
    const same = hashesOf({ containers: [{ ...plain, image: 'test-image:latest' }] });
    assert.notEqual(before.hash, after.hash);
    assert.equal(before.withoutImage, same.withoutImage);
  });
});
