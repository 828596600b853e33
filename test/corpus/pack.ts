/**
 * `node test/corpus/pack.ts <folder>`: packs a folder of recorded cases, `<area>/<id>.json`, into one file for each area.
 * What no test reads is left out: how a state was reached, what the whole apiserver said in words.
 */

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { areas, packedIn, type RecordedCase } from './cases.ts';

const [folder = ''] = process.argv.slice(2);

const kept = (area: string): readonly RecordedCase[] =>
  globSync(`${area}/*.json`, { cwd: folder })
    .sort()
    .map(path => JSON.parse(readFileSync(join(folder, path), 'utf8')) as RecordedCase)
    .filter(({ title }) => area !== 'E' || title.startsWith('SidecarSet'));

const withoutSteps = ({ id, title, gates, given, request, answer, ...more }: RecordedCase): RecordedCase => ({
  ...{ id, title, gates, request, answer },
  given: {
    ...given,
    steps: undefined,
    ...(given.sidecarSets && { sidecarSets: given.sidecarSets.map(({ stored }) => ({ stored })) }),
  },
  ...(more.alternatives && { alternatives: more.alternatives }),
  ...(more.apiServer && { apiServer: { code: more.apiServer.code } }),
});

for (const area of areas) {
  const cases = kept(area);
  if (cases.length === 0) throw new Error(`no cases of area ${area} in the folder ${folder}`);
  const lines = cases.map(recorded => JSON.stringify(withoutSteps(recorded))).join('\n');
  const packed = brotliCompressSync(lines, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
  writeFileSync(packedIn(area), packed);
  process.stdout.write(`${area}: ${cases.length} cases, ${packed.length} bytes\n`);
}
