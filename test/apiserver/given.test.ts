import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openCluster } from '../cluster/given.ts';
import { clusterForTests } from '../cluster/shared.ts';

const given = await clusterForTests();
process.env['BERTH_KUBECONFIG'] = given.kubeconfig;
after(() => delete process.env['BERTH_KUBECONFIG']);

test('a cluster that is given on purpose is used, and stopping leaves it alone', async () => {
  await given.kubectl(['create', 'configmap', 'theirs']);
  const opened = await openCluster({ name: 'never-started' });
  assert.match(await opened.kubectl(['get', 'configmap', 'theirs']), /theirs/);
  await opened.stop();
  assert.match(await given.kubectl(['get', 'configmap', 'theirs']), /theirs/);
});

test('a kubeconfig that is not there is named', async () => {
  process.env['BERTH_KUBECONFIG'] = '/no/such/file';
  await assert.rejects(openCluster({ name: 'never-started' }), /BERTH_KUBECONFIG names no file: \/no\/such\/file/);
});
