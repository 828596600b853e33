import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

test('every test that installs Berth in a cluster is judged by its record', () => {
  const files = globSync('test/apiserver/**/*.test.ts', { cwd: root });
  const installing = files.filter(file => readFileSync(join(root, file), 'utf8').includes('await installBerth('));
  assert.ok(installing.length >= 8);
  const judges = /\bjudged\(|\.judge\(|\bcheck\(chronicle, invariants\(\)\)/u;
  const unjudged = installing.filter(file => !judges.test(readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(unjudged, []);
});
