import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { differences, type Files, write } from './files.ts';
import { yamlOf } from './yaml.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-generate-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const folders = ['config/crd'];
const files: Files = new Map([['config/crd/a.yaml', 'one\ntwo\n']]);

describe('generated files', () => {
  test('have no differences once they are written', () => {
    write(root, folders, files);
    assert.equal(readFileSync(join(root, 'config/crd/a.yaml'), 'utf8'), 'one\ntwo\n');
    assert.deepEqual(differences(root, folders, files), []);
  });

  test('that are missing, edited or left over are named, with the first line that differs', () => {
    assert.deepEqual(differences(root, folders, files), ['config/crd/a.yaml: missing']);
    mkdirSync(join(root, 'config/crd'), { recursive: true });
    writeFileSync(join(root, 'config/crd/a.yaml'), 'one\nthree\n');
    writeFileSync(join(root, 'config/crd/old.yaml'), '');
    assert.deepEqual(differences(root, folders, files), [
      'config/crd/old.yaml: nothing generates it',
      'config/crd/a.yaml:2: is "three", the code says "two"',
    ]);
  });

  test('that nothing generates any more are removed', () => {
    write(root, folders, new Map([['config/crd/old.yaml', '']]));
    write(root, folders, files);
    assert.deepEqual(differences(root, folders, files), []);
  });

  test('repeat what occurs twice, because kubectl users read them', () => {
    const shared = { a: 1 };
    assert.match(yamlOf({ x: shared, y: shared }, { z: 2 }), /\n---\nx:\n {2}a: 1\ny:\n {2}a: 1\n---\nz: 2\n$/);
  });
});
