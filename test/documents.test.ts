/** Documents that name things of the code are held to it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const namesIn = (text: string, pattern: RegExp): readonly string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort();

test('troubleshooting.md explains each reason of the closed union, and no other', () => {
  const declared = namesIn(read('workloads/reasons.ts'), /readonly reason: '(\w+)'/g);
  const explained = namesIn(read('docs/troubleshooting.md'), /^\| `(\w+)` \|/gm);
  assert.ok(declared.length > 20);
  assert.deepEqual(explained, declared);
});

test('every relative link of a document leads to a file', () => {
  const documents = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'docs/compatibility.md',
    'docs/decisions/README.md',
  ];
  for (const document of documents)
    for (const link of namesIn(read(document), /\]\(([^)#:]+)\)/g))
      assert.ok(read(join(document, '..', link)).length > 0, `${document} links to ${link}`);
});

test('every make target that a document names is there', () => {
  const targets = namesIn(read('Makefile'), /^([a-z-]+):/gm);
  const named = ['README.md', 'CONTRIBUTING.md'].flatMap(path => namesIn(read(path), /`?make ([a-z-]+)/g));
  for (const target of named) assert.ok(targets.includes(target), `make ${target}`);
});
