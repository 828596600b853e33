/** Documents that name things of the code are held to it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { sidecarSetCrd } from '../api/sidecarset.ts';
import { openMetrics } from '../kube/metrics.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** Names of all properties that an OpenAPI schema describes, at any depth. */
const fieldsIn = (schema: unknown): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, ...rest } = schema as { readonly properties?: object };
  const below = [...Object.values(properties ?? {}), ...Object.values(rest)];
  return [...new Set([...Object.keys(properties ?? {}), ...below.flatMap(fieldsIn)])];
};

const namesIn = (text: string, pattern: RegExp): readonly string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort();

test('troubleshooting.md explains each reason of the closed union, and no other', () => {
  const declared = namesIn(read('workloads/reasons.ts'), /readonly reason: '(\w+)'/g);
  const explained = namesIn(read('docs/troubleshooting.md'), /^\| `(\w+)` \|/gm);
  assert.ok(declared.length > 20);
  assert.deepEqual(explained, declared);
});

test('metrics.md explains each metric of ours, and no other', async () => {
  const registry = new Registry();
  const throttle = { places: 0, waiting: 0 };
  openMetrics(registry, { isLeader: () => true, queued: () => [], silences: () => [], throttle });
  const registered = (await registry.getMetricsAsJSON()).map(({ name }) => name).filter(name => /^berth_/.test(name));
  assert.ok(registered.length > 15);
  assert.deepEqual(namesIn(read('docs/metrics.md'), /^\| `(berth_\w+)` \|/gm), registered.sort());
});

test('every relative link of a document leads to a file', () => {
  const documents = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'docs/compatibility.md',
    'docs/metrics.md',
    'docs/troubleshooting.md',
    'docs/decisions/README.md',
    'docs/recipes/README.md',
    'docs/sidecarset.md',
  ];
  for (const document of documents)
    for (const link of namesIn(read(document), /\]\(([^)#:]+)\)/g))
      assert.ok(read(join(document, '..', link)).length > 0, `${document} links to ${link}`);
});

test('sidecarset.md explains every field of the kind', () => {
  const ofLists = ['key', 'operator', 'values', 'name', 'lastProbeTime', 'lastTransitionTime'];
  const page = read('docs/sidecarset.md');
  const fields = fieldsIn(sidecarSetCrd).filter(field => !ofLists.includes(field));
  assert.ok(fields.length > 50);
  assert.deepEqual(
    fields.filter(field => !new RegExp(`\\b${field}\\b`, 'u').test(page)),
    [],
  );
});

test('every make target that a document names is there', () => {
  const targets = namesIn(read('Makefile'), /^([a-z-]+):/gm);
  const named = ['README.md', 'CONTRIBUTING.md'].flatMap(path => namesIn(read(path), /`?make ([a-z-]+)/g));
  for (const target of named) assert.ok(targets.includes(target), `make ${target}`);
});
