import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';

const secret = 'hunter2';
const hrefOf = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

interface Ended {
  readonly code: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that would live on, were it not for what the statement does. */
const ended = (statement: string): Promise<Ended> => {
  const program = `
    import { endByFault } from ${hrefOf('fault.ts')};
    import { openLog } from ${hrefOf('log.ts')};
    const log = openLog({ level: 'info', format: 'json' });
    endByFault(log);
    log.info('begun');
    setInterval(() => {}, 1000);
    ${statement}`;
  return new Promise(resolve => {
    execFile(process.execPath, ['--input-type=module-typescript', '--eval', program], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
};

describe('a process', () => {
  for (const [name, statement] of [
    ['an exception that nobody caught', `setImmediate(() => { throw new Error('${secret}'); });`],
    ['a rejection that nobody awaited', `void Promise.reject(new Error('${secret}'));`],
    ['a rejection with no error', `void Promise.reject('${secret}');`],
  ] as const)
    it(`ends by ${name} with code 1, and a log that says where, not what`, async () => {
      const { code, stdout, stderr } = await ended(statement);
      assert.equal(code, 1);
      for (const message of ['begun', 'a bug ends the process']) assert.ok(stdout.includes(message), stdout);
      assert.doesNotMatch(stdout + stderr, new RegExp(secret));
    });
});
