/** `make survive`: the tests of `test/apiserver/survival` at full length, and the page of what they measured. */

import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { Command } from 'commander';
import { surroundings } from '../../../bench/surroundings.ts';
import { findBinaries } from '../../cluster/binaries.ts';
import { gathered, gathering } from './figure.ts';
import { pageOf } from './page.ts';

interface Options {
  readonly only: string;
  readonly write?: string;
}

const { only, write } = new Command('survive')
  .description('Kills, outages, rolled webhooks and silence on a real control plane, at full length: half an hour.')
  .option('--only <text>', 'files whose name contains it, e.g. leader', '')
  .option('--write <file>', 'writes the page of figures, e.g. docs/measured/survival.md')
  .parse()
  .opts<Options>();

const repository = join(import.meta.dirname, '..', '..', '..');
const files = globSync('test/apiserver/survival/*.test.ts', { cwd: repository })
  .filter(file => file.includes(only))
  .sort()
  .map(file => join(repository, file));

const folder = mkdtempSync(join(tmpdir(), 'berth-survive-'));
const figures = join(folder, 'figures.jsonl');
writeFileSync(figures, '');
// Every test file is a process of its own and inherits these.
process.env['BERTH_SURVIVE'] = 'long';
process.env[gathering] = figures;

const kubernetes = execFileSync(findBinaries()['kube-apiserver'], ['--version'], { encoding: 'utf8' }).trim();
const about = [...surroundings(), kubernetes];
const began = performance.now();
const failed: string[] = [];
let passed = 0;
const tests = run({ files, concurrency: 1, cwd: repository });
tests.on('test:pass', ({ skip }) => {
  if (skip === undefined) passed += 1;
});
tests.on('test:fail', ({ name }) => failed.push(name));
const output = tests.compose(spec);
output.pipe(process.stdout);
await new Promise((resolve, reject) => output.once('end', resolve).once('error', reject));

const minutes = (performance.now() - began) / 60_000;
const page = pageOf({ figures: gathered(figures), failed, passed, minutes, surroundings: about });
rmSync(folder, { recursive: true });
process.stdout.write(`\n${page}`);
if (write !== undefined) {
  mkdirSync(dirname(write), { recursive: true });
  writeFileSync(write, page);
}
if (failed.length > 0) process.exitCode = 1;
