/** What explains a failure outlives the cluster. */

import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Cluster } from '../../cluster/cluster.ts';
import { repository } from '../../cluster/folder.ts';

/** `test`, but of a failed one logs and record are kept in `.cache/failed/<cluster>`, and its error says so. */
export const testsOn =
  (cluster: Cluster) =>
  (name: string, run: (t: TestContext) => Promise<void>): void => {
    test(name, async t => {
      try {
        await run(t);
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        throw new Error(`${what}\nlogs and record: ${keep(cluster)}`, { cause: error });
      }
    });
  };

const keep = ({ folder, name }: Cluster): string => {
  const kept = join(repository, '.cache', 'failed', name);
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  for (const part of ['logs', 'record.jsonl'])
    if (existsSync(join(folder, part))) cpSync(join(folder, part), join(kept, part), { recursive: true });
  return kept;
};
