/** One test file in a process of its own, with the sources as they are or with one mistake in them. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../cluster/folder.ts';
import type { Killer, Mutant } from './mutant.ts';

export type Fate =
  | 'killed'
  /** The test passed all the same. */
  | 'survived'
  /** There is no test of that name, or the sources could not even be loaded. */
  | 'not tried'
  /** The test had not ended when its time was up. */
  | 'no end';

export interface Trial {
  readonly mutant: Mutant;
  readonly fate: Fate;
  readonly seconds: number;
  /** What the tests printed. */
  readonly output: string;
}

const longest = 120_000;

export const trialOf = async (mutant: Mutant): Promise<Trial> => {
  const began = performance.now();
  const output = await run(mutant.killedBy, { BERTH_MUTANT: mutant.name });
  const seconds = (performance.now() - began) / 1000;
  const result = output === undefined ? undefined : resultOf(mutant.killedBy.test, output);
  const fate = output === undefined ? 'no end' : fates[result ?? 'none'];
  return { mutant, fate, seconds, output: output ?? '' };
};

const fates = { failed: 'killed', passed: 'survived', none: 'not tried' } as const;

/** Whether the test passes on the sources as they are: only then does its failure say anything. */
export const passes = async (killer: Killer): Promise<boolean> =>
  resultOf(killer.test, (await run(killer, {})) ?? '') === 'passed';

/** @param output in the Test Anything Protocol */
const resultOf = (test: string, output: string): 'passed' | 'failed' | undefined => {
  const found = new RegExp(`^ *(not )?ok \\d+ - ${named(test.replaceAll('#', '\\#'))}$`, 'mu').exec(output);
  if (found === null) return undefined;
  return found[1] === undefined ? 'passed' : 'failed';
};

/** undefined if it did not end. */
const run = async ({ file, test }: Killer, environment: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const hook = join(import.meta.dirname, 'hook.ts');
  const only = `--test-name-pattern=/${named(test)}$/`;
  const child = spawn(process.execPath, ['--import', hook, '--test-reporter=tap', only, file], {
    cwd: repository,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longest,
    killSignal: 'SIGKILL',
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, by) => resolve(by));
  });
  return signal === null ? Buffer.concat(chunks).toString() : undefined;
};

/** Behind its name a test may say which row of a description it shows, in brackets. */
const named = (test: string): string => `${literally(test)}(?: \\[[^\\]]*\\])?`;

const literally = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}]/gu, '\\$&');
