import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { waitFor } from '../../test/cluster/deadline.ts';

const repository = join(import.meta.dirname, '..', '..');
const place = mkdtempSync(join(tmpdir(), 'berth-setup-'));
after(() => rmSync(place, { recursive: true, force: true }));

/** The programs of any system: what is not here is a prerequisite. */
const always = ['bash', 'awk', 'cat', 'cmp', 'cp', 'dirname', 'env', 'mkdir', 'mv', 'rm', 'sed', 'sleep', 'tail'];

interface Machine {
  /** Scripts that stand for programs, by name. */
  readonly programs: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A fresh checkout on a machine that has only the given programs. */
const checkoutOn = ({ programs }: Machine): string => {
  const checkout = mkdtempSync(join(place, 'checkout-'));
  const bin = join(checkout, 'bin');
  mkdirSync(bin);
  for (const name of always) symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(bin, name));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!${join(bin, 'bash')}\n${script}\n`, { mode: 0o755 });
  }
  cpSync(join(repository, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  cpSync(join(repository, 'test/cluster/binaries'), join(checkout, 'test/cluster/binaries'), { recursive: true });
  writeFileSync(join(checkout, 'package-lock.json'), '{}');
  return checkout;
};

/** What `scripts/setup.sh` is started as in such a checkout. */
const commandIn = (checkout: string, goal: string) =>
  [join(checkout, 'bin/bash'), [join(checkout, 'scripts/setup.sh'), goal]] as const;

const setUp = (goal: string, machine: Machine) => {
  const checkout = checkoutOn(machine);
  const env = { PATH: join(checkout, 'bin'), ...machine.variables };
  const run = spawnSync(...commandIn(checkout, goal), { env, encoding: 'utf8' });
  return { checkout, code: run.status, told: run.stdout, complaint: run.stderr };
};

const node = (version: string): string =>
  `if [ "$1" = -p ]; then echo ${version.split('.')[0]}; else echo v${version}; fi`;
const go = (version: string, toolchain = 'auto'): string =>
  `case "$2" in GOVERSION) echo go${version} ;; GOTOOLCHAIN) echo ${toolchain} ;; esac`;
/** `npm ci` that makes what the set-up looks for. */
const npm = 'mkdir -p node_modules/.bin';
const tools = { tsc: '', biome: '', esbuild: '', oxlint: '' };
const complete = { git: '', npm, node: node('24.1.0'), ...tools };

test('everything that is missing is named at once, with the version wanted, and nothing is made', () => {
  const { checkout, code, complaint } = setUp('cluster', { programs: {} });
  assert.equal(code, 1);
  for (const wanted of [/- git/, /- Node >= 20/, /- npm/, /- Go >= 1\.21 to build etcd, kube-apiserver/]) {
    assert.match(complaint, wanted);
  }
  assert.equal(existsSync(join(checkout, 'node_modules')), false);
});

test('an old Node or Go is named with the version that was found', () => {
  const { complaint } = setUp('cluster', { programs: { ...complete, node: node('18.20.0'), go: go('1.19.8') } });
  assert.match(complaint, /Node >= 20 \(found v18\.20\.0\)/);
  assert.match(complaint, /Go >= 1\.21 .*\(found 1\.19\.8\)/);
});

test('where Node 24 cannot be fetched as a package, the machine must have it', () => {
  const { complaint } = setUp('packages', { programs: { ...complete, node: node('22.1.0'), uname: 'echo Darwin' } });
  assert.match(complaint, /Node >= 24 \(found v22\.1\.0;/);
});

test('a Go that may not fetch the toolchain of go.mod is named', () => {
  const { complaint } = setUp('cluster', { programs: { ...complete, go: go('1.22.3', 'local') } });
  assert.match(complaint, /found 1\.22\.3, and GOTOOLCHAIN=local/);
});

test('packages alone want no Go, and a second run has nothing to do', () => {
  const { checkout, code, told } = setUp('packages', { programs: complete });
  assert.equal(code, 0);
  assert.match(told, /npm packages/);
  const again = spawnSync(...commandIn(checkout, 'packages'), {
    env: { PATH: join(checkout, 'bin') },
    encoding: 'utf8',
  });
  assert.match(again.stdout, /nothing to do/);
});

test('a kubeconfig given on purpose makes Go and binaries superfluous', () => {
  const { code, told } = setUp('cluster', { programs: complete, variables: { BERTH_KUBECONFIG: '/somewhere' } });
  assert.equal(code, 0);
  assert.doesNotMatch(told, /building/);
});

test('what KUBEBUILDER_ASSETS lacks is named', () => {
  const assets = mkdtempSync(join(place, 'assets-'));
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) writeFileSync(join(assets, name), '', { mode: 0o755 });
  const { complaint } = setUp('cluster', { programs: complete, variables: { KUBEBUILDER_ASSETS: assets } });
  assert.match(complaint, /Go >= 1\.21 to build kube-controller-manager, kube-scheduler, or/);
});

test('a step that fails shows what it printed, and is done again by the next run', () => {
  const { checkout, code, complaint } = setUp('packages', {
    programs: { ...complete, npm: 'echo "registry on fire"; exit 7' },
  });
  assert.equal(code, 1);
  assert.match(complaint, /registry on fire/);
  assert.match(complaint, /failed after \d+ s: npm packages/);
  assert.equal(existsSync(join(checkout, '.cache/packages.lock')), false);
});

test('an interruption ends the running step, and says how to go on', async () => {
  const pidFile = join(place, 'npm.pid');
  const checkout = checkoutOn({ programs: { ...complete, npm: `echo $$ >${pidFile}; exec sleep 60` } });
  const child = spawn(...commandIn(checkout, 'packages'), { env: { PATH: join(checkout, 'bin') } });
  const complaint = text(child.stderr);
  await waitFor('npm to run', 20_000, async () => (existsSync(pidFile) && readFileSync(pidFile, 'utf8')) || undefined);
  const npmPid = Number(readFileSync(pidFile, 'utf8'));
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [130, null]);
  assert.match(await complaint, /interrupted; run the same command again/);
  await waitFor('the end of npm', 10_000, async () => !runs(npmPid) || undefined);
});

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('binaries are built one by one, and only a complete one gets its name', () => {
  const build = `${go('1.26.0')}
if [ "$1" = build ]; then
  while [ "$1" != -o ]; do shift; done
  case "$3" in *kube-scheduler) exit 1 ;; esac
  echo binary >"$2"
fi`;
  const { checkout, code, told, complaint } = setUp('cluster', { programs: { ...complete, go: build } });
  assert.equal(code, 1);
  assert.match(told, /building kube-apiserver/);
  assert.match(complaint, /building kube-scheduler/);
  const built = execFileSync('find', [join(checkout, '.cache/binaries'), '-type', 'f'], { encoding: 'utf8' });
  assert.match(built, /kube-controller-manager\n/);
  assert.doesNotMatch(built, /kube-scheduler$|kubectl/m);
});
