/** Where and on what the figures were taken. */

import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: join(import.meta.dirname, '..'), encoding: 'utf8' }).trim();

/** One line each. */
export const surroundings = (): readonly string[] => {
  const [cpu] = cpus();
  const { undici, express } = packageJson.dependencies;
  const dirty =
    git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ', with changes that are not committed';
  return [
    `machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `Node ${process.version}, undici ${undici}, express ${express}, client-node ${packageJson.dependencies['@kubernetes/client-node']}, rfc6902 ${packageJson.devDependencies.rfc6902}`,
    `commit ${git('rev-parse', '--short', 'HEAD')}${dirty}, ${new Date().toISOString().slice(0, 10)}`,
  ];
};
