/** Every row of the description of SidecarSets has a test that names it. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { areas, casesOf } from './corpus/cases.ts';
import { admission } from './spec/admission.ts';
import { controller } from './spec/controller.ts';
import { fields } from './spec/fields.ts';
import { injection } from './spec/injection.ts';
import { resources } from './spec/resources.ts';
import type { Row } from './spec/row.ts';

const root = join(import.meta.dirname, '..');
const rows: readonly Row[] = [...fields, ...admission, ...injection, ...resources, ...controller];

/** Ids in the names of tests: `it('is refused [§4.2 #10, §2.1 policy]'`. */
const named: ReadonlySet<string> = new Set(
  globSync('**/*.test.ts', { cwd: root, exclude: ['node_modules/**', '.cache/**', 'test/spec.test.ts'] })
    .flatMap(path => [...readFileSync(join(root, path), 'utf8').matchAll(/\[(§[^\]]+)\]/gu)])
    .flatMap(([, tag = '']) => [...tag.matchAll(/§([^§]+?)(?=, §|$)/gu)].map(([, id = '']) => id)),
);

const recorded: ReadonlySet<string> = new Set(areas.flatMap(area => casesOf(area).map(({ id }) => id)));
const [, deviations = ''] = readFileSync(join(root, 'docs/compatibility.md'), 'utf8').split('## Recorded answers');
const deviates = (id: string): boolean => new RegExp(`\\b${id}\\b(?!-)`, 'u').test(deviations);

test('every row has a test that names it, or a recorded case that comes out as recorded', () => {
  const shown = ({ recorded: cases }: Row): boolean => cases.some(id => recorded.has(id) && !deviates(id));
  const bare = rows.filter(row => !named.has(row.id) && !shown(row));
  assert.deepEqual(
    bare.map(({ id, says }) => `${id}: ${says}`),
    [],
  );
});

test('tests and rows name nothing that is not there', () => {
  const ids = rows.map(({ id }) => id);
  assert.deepEqual(
    [...named].filter(id => !ids.includes(id)),
    [],
  );
  assert.deepEqual(
    rows.flatMap(row => row.recorded.filter(id => !recorded.has(id)).map(id => `${row.id}: ${id}`)),
    [],
  );
  assert.equal(new Set(ids).size, ids.length);
});
