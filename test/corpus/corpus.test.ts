/** Every recorded answer is given by Berth too, but for those that docs/compatibility.md lists with a reason. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Area, areas, casesOf, type RecordedCase } from './cases.ts';
import { type PodCase, podDifferences } from './pods.ts';
import { type RevisionsCase, revisionDifferences } from './revisions.ts';
import { type SidecarSetCase, sidecarSetDifferences } from './sidecarSets.ts';
import { type ConversionCase, conversionDifferences } from './versions.ts';

const compatibility = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8');
const [, section = ''] = compatibility.split('## Recorded answers that differ\n');

interface Row {
  readonly ids: readonly string[];
  readonly theirs: string;
  readonly ours: string;
}

const rows: readonly Row[] = section.split('\n').flatMap(line => {
  const [, cases = '', theirs = '', ours = ''] = line.split('|').map(cell => cell.trim());
  const ids = cases.match(/\b[A-F]\d{3}(-\w+)?/gu) ?? [];
  return ids.length === 0 ? [] : [{ ids, theirs, ours }];
});

const listed: readonly string[] = rows.flatMap(({ ids }) => ids);

const compare = <Case extends RecordedCase<unknown, unknown>>(
  what: string,
  cases: readonly Case[],
  differencesOf: (recorded: Case) => readonly string[],
): void => {
  describe(what, () => {
    for (const recorded of cases)
      it(`${recorded.id} ${recorded.title}`, () => {
        const found = differencesOf(recorded);
        if (listed.includes(recorded.id)) assert.notDeepEqual(found, [], 'listed as different, and it is not');
        else assert.deepEqual(found, []);
      });
  });
};

compare<PodCase>('A pod is injected as recorded', casesOf('A'), podDifferences);
compare<SidecarSetCase>('A SidecarSet is judged and hashed as recorded', casesOf('B'), sidecarSetDifferences);
compare<RevisionsCase>('Revisions are kept as recorded', casesOf('E'), revisionDifferences);
compare<ConversionCase>('An object means the same in both versions', casesOf('F'), conversionDifferences);

describe('The list of recorded answers that differ', () => {
  it('names recorded cases only, each once, with what OpenKruise does and what Berth does', () => {
    const recorded = new Set(areas.flatMap((area: Area) => casesOf(area).map(({ id }) => id)));
    assert.deepEqual(
      listed.filter((id, index) => !recorded.has(id) || listed.indexOf(id) !== index),
      [],
    );
    assert.deepEqual(
      rows.filter(({ theirs, ours }) => theirs === '' || ours === ''),
      [],
    );
  });
});
