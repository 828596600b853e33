/** The whitelist of pod annotations on a real control plane: read with the webhook's own rights, and at once in force. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged, recordCluster } from '../instruments/judged.ts';

const cluster = await clusterForTests();
await installBerth(cluster);
const recorder = await recordCluster(cluster);
after(() => recorder[Symbol.asyncDispose]());

const apply = (object: object): Promise<string> => cluster.kubectl(['apply', '-f', '-'], JSON.stringify(object));

const set = {
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'SidecarSet',
  metadata: { name: 'marks' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    containers: [{ name: 'log', image: 'example.test/log:v1' }],
    patchPodMetadata: [{ annotations: { 'example.test/marked': 'yes' } }],
  },
};

const whitelist = (text: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kruise-configuration', namespace: 'berth-system' },
  data: { SidecarSet_PatchPodMetadata_WhiteList: text },
});

const allowing = (key: string): object => whitelist(JSON.stringify({ rules: [{ allowedAnnotationKeyExprs: [key] }] }));

/** The whitelist is read by a watch, so what was written a moment ago may not be known yet. */
const refused = (why: RegExp): Promise<unknown> =>
  waitFor(`a refusal with ${why}`, 10_000, () =>
    apply(set).then(
      () => undefined,
      (error: unknown) => why.test(String(error)) || undefined,
    ),
  );

test('a SidecarSet may set the annotations that the whitelist has, and no others', async () => {
  await assert.rejects(apply(set), /spec\.patchPodMetadata: SidecarSet patch metadata whitelist not found/);
  await apply(whitelist('{'));
  await refused(/the ConfigMap berth-system\/kruise-configuration, key SidecarSet_PatchPodMetadata_WhiteList, cannot/);
  await apply(allowing('^other'));
  await refused(/sidecarSet patch metadata annotation\(example\.test\/marked\) is not allowed/);
  await apply(allowing('^example\\.test/'));
  await waitFor('the set to be accepted', 10_000, () =>
    apply(set).then(
      () => true,
      () => undefined,
    ),
  );
});

test('no revision of all this breaks an invariant', async t => {
  const { revisions } = await judged(recorder);
  t.diagnostic(`${revisions} revisions checked`);
});
