/** The code is held to the table of rooms in ARCHITECTURE.md: who may import whom, and which rooms are pure. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

interface Room {
  /** e.g. `api`, or `main.ts`. */
  readonly name: string;
  /** Rooms, or files, that it may import beside itself; undefined = everything. */
  readonly mayImport: readonly string[] | undefined;
}

const backticked = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+?)\/?`/gu)].map(match => match[1] ?? '');

/** Rows such as ``| `api/` | what users write | nothing of ours |``. */
const roomsIn = (markdown: string): readonly Room[] =>
  markdown.split('\n').flatMap(line => {
    const [, names, , imports] = line.split('|').map(cell => cell.trim());
    if (names === undefined || imports === undefined || !names.startsWith('`')) return [];
    const allowed = imports === 'everything' ? undefined : backticked(imports);
    const isTable = allowed === undefined || allowed.length > 0 || /^(nothing of ours|no other room)$/u.test(imports);
    return isTable ? backticked(names).map(name => ({ name, mayImport: allowed })) : [];
  });

const rooms = roomsIn(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));
const pure: readonly string[] = ['api', 'workloads', 'controllers', 'webhooks'];
/** They put the product up or to the test, so they look at all of it, and nothing of it looks at them. */
const outside: readonly string[] = ['test', 'scripts', 'demo', 'bench'];

interface Source {
  readonly path: string;
  readonly text: string;
}

const sources: readonly Source[] = globSync('**/*.ts', {
  cwd: root,
  exclude: ['node_modules/**', '.cache/**', 'dist/**'],
})
  .sort()
  .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const topOf = (path: string): string => path.split('/')[0] ?? '';
const isOfTests = (path: string): boolean => /(\.test|(^|[./])fixture)\.ts$/u.test(path);

/** What a file imports or re-exports: repository paths for files of ours, names for packages. */
const importsOf = ({
  path,
  text,
}: Source): readonly { readonly to: string; readonly isOurs: boolean; readonly isType: boolean }[] =>
  [
    ...text.matchAll(
      /^\s*(?:(?:import|export)\s+(type\s)?[^;'"]*?from|import)\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gmu,
    ),
  ].map(([, type, from, dynamic]) => {
    const name = from ?? dynamic ?? '';
    const isOurs = name.startsWith('.');
    return { to: isOurs ? relative(root, join(root, dirname(path), name)) : name, isOurs, isType: type !== undefined };
  });

const product = sources.filter(({ path }) => !isOfTests(path) && !outside.includes(topOf(path)));

test('the table of rooms names every folder that has code, and none that has not', () => {
  const folders = [...new Set(product.map(({ path }) => topOf(path)))];
  assert.deepEqual(folders.sort(), rooms.map(room => room.name).sort());
});

for (const { name, mayImport } of rooms)
  test(`${name} imports what the table of rooms allows`, () => {
    if (mayImport === undefined) return;
    const allowed = (to: string): boolean =>
      topOf(to) === name || mayImport.some(zone => to === zone || topOf(to) === zone);
    const wrong = product
      .filter(({ path }) => topOf(path) === name)
      .flatMap(source =>
        importsOf(source).flatMap(({ to, isOurs }) => (isOurs && !allowed(to) ? [`${source.path} imports ${to}`] : [])),
      );
    assert.deepEqual(wrong, []);
  });

test('nothing of the product imports tests, scripts or the demo', () => {
  const wrong = product.flatMap(source =>
    importsOf(source).flatMap(({ to, isOurs }) =>
      isOurs && (outside.includes(topOf(to)) || isOfTests(to)) ? [`${source.path} imports ${to}`] : [],
    ),
  );
  assert.deepEqual(wrong, []);
});

test('a kind imports no other kind', () => {
  const kindOf = (path: string): string => path.split('/').slice(0, 2).join('/');
  const inRoom = (path: string): boolean => /^(controllers|webhooks)\/[^/]+\//u.test(path);
  const wrong = product
    .filter(({ path }) => inRoom(path))
    .flatMap(source =>
      importsOf(source).flatMap(({ to }) =>
        inRoom(to) && kindOf(to) !== kindOf(source.path) ? [`${source.path} imports ${to}`] : [],
      ),
    );
  assert.deepEqual(wrong, []);
});

/** Hashing is arithmetic; everything else that Node or a package does may reach outside. Types are erased. */
const pureModules: readonly string[] = ['node:crypto', 'node:util'];

const impurities: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['reads the clock', /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(|\bperformance\b|\bhrtime\b/u],
  ['sets a timer', /\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bnextTick\b/u],
  ['uses chance', /\bMath\.random\b|\brandom(?:UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b/u],
  ['looks at its process', /\bprocess\b(?=[.[])|\bglobalThis\b/u],
  ['uses the network', /\bfetch\(|\bWebSocket\b/u],
  ['prints', /\bconsole\./u],
];

/** Comments and the text of strings may say what they like; what stands in `${}` is code. */
const codeOf = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//gu, '')
    .replaceAll(/(^|\s)\/\/.*$/gmu, '$1')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/gu, "''");

const isPure = (path: string): boolean => pure.includes(topOf(path)) || path === 'kube/contract.ts';

test('the rooms that think know no clock, timer, chance, process, network or output', () => {
  const wrong = product
    .filter(({ path }) => isPure(path))
    .flatMap(({ path, text }) =>
      impurities.flatMap(([what, pattern]) => {
        const found = pattern.exec(codeOf(text));
        return found === null ? [] : [`${path} ${what}: ${found[0]}`];
      }),
    );
  assert.deepEqual(wrong, []);
});

test('the rooms that think import no package but for its types', () => {
  const wrong = product
    .filter(({ path }) => isPure(path))
    .flatMap(source =>
      importsOf(source).flatMap(({ to, isOurs, isType }) =>
        isOurs || isType || pureModules.includes(to) ? [] : [`${source.path} imports ${to}`],
      ),
    );
  assert.deepEqual(wrong, []);
});

test('the clock is read in one file of the machine', () => {
  const [, clock = /x/u] = impurities.find(([what]) => what === 'reads the clock') ?? [];
  const wrong = product.flatMap(({ path, text }) =>
    topOf(path) === 'kube' && path !== 'kube/clock.ts' && clock.test(codeOf(text)) ? [path] : [],
  );
  assert.deepEqual(wrong, []);
});

// The rules above find nothing in good code; these show that they find something in bad code.
test('the reader of imports sees every form, and the rules see through comments and strings', () => {
  const text = [
    "import { a } from './a.ts';",
    "import type { B } from '../kube/b.ts';",
    "export { c } from 'pkg';",
    'import {',
    '  d,',
    "} from './deep/d.ts';",
    "const e = await import('./e.ts');",
    "import 'node:fs';",
  ].join('\n');
  assert.deepEqual(
    importsOf({ path: 'api/x.ts', text }).map(({ to, isType }) => `${to}${isType ? ' (type)' : ''}`),
    ['api/a.ts', 'kube/b.ts (type)', 'pkg', 'api/deep/d.ts', 'api/e.ts', 'node:fs'],
  );
  const code = codeOf("const a = 'Date.now'; // Date.now\n/* Date.now */ const b = Date.now();");
  assert.equal([...code.matchAll(/Date\.now/gu)].length, 1);
});
