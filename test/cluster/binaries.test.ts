import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findBinaries } from './binaries.ts';

const place = mkdtempSync(join(tmpdir(), 'berth-binaries-'));
after(() => rmSync(place, { recursive: true, force: true }));

const folderWith = (name: string, files: readonly string[]): string => {
  const folder = join(place, name);
  mkdirSync(folder);
  for (const file of files) writeFileSync(join(folder, file), '', { mode: 0o755 });
  return folder;
};

const assets = folderWith('assets', ['etcd', 'kube-apiserver', 'kubectl']);
const built = folderWith('built', ['etcd', 'kube-controller-manager', 'kube-scheduler']);

test('what the first folder lacks is taken from the second', () => {
  assert.deepEqual(findBinaries([assets, built]), {
    etcd: join(assets, 'etcd'),
    'kube-apiserver': join(assets, 'kube-apiserver'),
    'kube-controller-manager': join(built, 'kube-controller-manager'),
    'kube-scheduler': join(built, 'kube-scheduler'),
    kubectl: join(assets, 'kubectl'),
  });
});

test('everything that is missing is named, with the command that builds it', () => {
  assert.throws(() => findBinaries([built]), {
    message: 'not built yet: kube-apiserver, kubectl. Run: bash scripts/setup.sh cluster',
  });
});

test('a file that cannot be executed does not count', () => {
  const folder = folderWith('data', []);
  writeFileSync(join(folder, 'etcd'), '', { mode: 0o644 });
  assert.throws(() => findBinaries([folder]), /not built yet: etcd,/);
});
