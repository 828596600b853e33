/** What explains a failure outlives the cluster. */

import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import { repository } from '../../cluster/folder.ts';

/** Runs; if that fails, logs and record are kept in `.cache/failed/<name>`, and the error says so. */
export const withEvidence = async (cluster: Cluster, name: string, run: () => Promise<void>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    const kept = join(repository, '.cache', 'failed', name);
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true });
    for (const part of ['logs', 'record.jsonl'])
      if (existsSync(join(cluster.folder, part)))
        cpSync(join(cluster.folder, part), join(kept, part), { recursive: true });
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nlogs and record: ${kept}`, {
      cause: error,
    });
  }
};
