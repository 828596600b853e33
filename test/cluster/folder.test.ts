import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clustersFolder, folderOf } from './folder.ts';

test('a name that would lead out of the folder of clusters is refused', () => {
  for (const name of ['', '.', '..', '../x', 'a/b', '-rf', 'UPPER', `${'x'.repeat(64)}`]) {
    assert.throws(() => folderOf(name), /not a name for a cluster/, name);
  }
  assert.equal(folderOf('demo-1'), `${clustersFolder}/demo-1`);
});
