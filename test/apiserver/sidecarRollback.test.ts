/** The hardest day of an infra team: a bad sidecar image in a large app, taken back in the middle, while managers die. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged } from '../instruments/judged.ts';
import {
  aSet,
  conditionOf,
  identityOf,
  imagesOf,
  isComplete,
  podsOf,
  type SetOptions,
  sceneIn,
  setOf,
  until,
} from './sidecars.ts';

const pods = 100;
const limit = 10;
const cluster = await clusterForTests({ nodes: 10 });
const { controller } = await installBerth(cluster);
const { apply, begin, running } = sceneIn(cluster);

const at = (version: string): SetOptions => ({
  image: `example.test/log:${version}`,
  strategy: { maxUnavailable: limit },
});

test('a bad image in mid-roll is taken back over 100 pods, although the manager is killed twice on the way', async t => {
  await using recorder = await begin('rollback');
  const inSpec = (version: string): number =>
    podsOf(recorder, 'shop').filter(pod => pod.spec?.containers.some(c => c.image === at(version).image)).length;
  await running(recorder, 'shop', pods, at('v1'));
  const before = podsOf(recorder, 'shop').map(identityOf).sort();

  await apply(aSet('shop', at('v2')));
  await until('a quarter of the pods at the new image', 60, () => inSpec('v2') >= pods / 4);
  await apply(aSet('shop', at('no-such-image')));
  await until(
    'the roll to stand at the budget',
    60,
    () => conditionOf(recorder, 'shop-logs', 'Stalled')?.reason === 'ImageError',
  );
  assert.ok(inSpec('no-such-image') > 0 && inSpec('no-such-image') <= limit);
  assert.ok(inSpec('v1') > 0 && inSpec('v2') > 0, 'the bad image came in the middle of another roll');

  await controller.kill();
  await apply(aSet('shop', at('v1')));
  await controller.restart();
  await until('the first pods back', 60, () => inSpec('no-such-image') === 0);
  assert.ok(inSpec('v2') > 0, 'the second death comes in mid-roll too');
  await controller.kill();
  await controller.restart();
  await until('every pod back', 120, () => isComplete(recorder, 'shop-logs', pods));

  const hash = setOf(recorder, 'shop-logs')?.metadata.annotations?.['kruise.io/sidecarset-hash'] ?? 'none';
  for (const pod of podsOf(recorder, 'shop')) {
    const images = imagesOf(pod).map(line => line.replace(/ \d+$/, ''));
    assert.deepEqual(images, ['log example.test/log:v1', 'main example.test/app:v1']);
    assert.match(pod.metadata?.annotations?.['kruise.io/sidecarset-hash'] ?? '', new RegExp(`"hash":"${hash}"`));
  }
  assert.deepEqual(podsOf(recorder, 'shop').map(identityOf).sort(), before);
  const { appRestarts, unavailable, violations, unjudged, revisions, seconds } = await judged(recorder);
  assert.equal(appRestarts, 0);
  assert.deepEqual(unjudged, []);
  assert.deepEqual(unavailable, [{ of: 'SidecarSet shop-logs', greatest: limit, limit }]);
  t.diagnostic(
    `${pods} pods, 2 kills, ${violations.length} violations in ${revisions} revisions, ` +
      `at most ${limit} of ${limit} down, ${seconds.toFixed(0)} s`,
  );
});
