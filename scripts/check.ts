/**
 * `npm run check`: everything that needs no control plane. Steps run two at a time; each says its seconds, and a
 * failing one shows what it printed. The tests' own closing lines come last.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

interface Result {
  readonly step: Step;
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

const root = join(import.meta.dirname, '..');
const rungs = 'rungs 1-3';
const atOnce = Math.min(2, availableParallelism());

/** Packages' commands are Node scripts: they must run under the Node that runs this file. */
const path = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);

/** Rungs 4 and 5 need a control plane; all other tests belong to this check. */
const testFiles = (): readonly string[] =>
  globSync('**/*.test.ts', {
    cwd: root,
    exclude: ['node_modules/**', '.cache/**', 'dist/**', 'test/apiserver/**', 'test/kind/**', '**/*.cluster.test.ts'],
  }).sort();

/** The slowest first, so that the others run beside it. */
const steps = (): readonly Step[] => [
  { name: rungs, command: ['node', '--test', `--test-concurrency=${atOnce}`, ...testFiles()] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', command: ['tsc'] },
  { name: 'format', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'dead code', command: ['knip'] },
  ...(existsSync(join(root, 'scripts/generate.ts'))
    ? [{ name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] }]
    : []),
];

const run = async (step: Step): Promise<Result> => {
  const began = performance.now();
  const chunks: Buffer[] = [];
  const [command = '', ...args] = step.command;
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ok = await new Promise<boolean>(resolve => {
    child.on('error', error => {
      chunks.push(Buffer.from(`${error.message}\n`));
      resolve(false);
    });
    child.on('close', code => resolve(code === 0));
  });
  return { step, ok, seconds: (performance.now() - began) / 1000, output: Buffer.concat(chunks).toString() };
};

/** Of a test run, only what is worth reading: passed tests are left out. */
const worthReading = ({ step, output }: Result): string =>
  step.name === rungs ? output.replaceAll(/^\s*(✔|▶).*\n/gmu, '') : output;

const report = (result: Result): Result => {
  process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'} ${result.step.name} (${result.seconds.toFixed(1)} s)\n`);
  if (!result.ok) process.stdout.write(`${worthReading(result)}\n`);
  return result;
};

const runAll = async (waiting: Step[]): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) results.push(report(await run(step)));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};

const began = performance.now();
const results = await runAll([...steps()]);
const failed = results.filter(result => !result.ok).map(result => result.step.name);
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
const tests = results.find(result => result.step.name === rungs);
// Those who read logs by machine recognise a test run by these lines; a failed one has shown them above.
if (tests?.ok) process.stdout.write(tests.output.match(/^ℹ (tests|pass|fail|skipped) .*\n/gmu)?.join('') ?? '');
process.stdout.write(`rungs 1-3 took ${((tests?.seconds ?? 0) / 60).toFixed(1)} min, the whole check ${minutes} min\n`);
if (failed.length > 0) {
  process.stdout.write(`failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
