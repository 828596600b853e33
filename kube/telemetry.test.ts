import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigMap } from '../test/support/configMaps.ts';
import type { Fields, Log } from './log.ts';
import { logged } from './telemetry.ts';

const secret = 'hunter2';

/** As code throws that stumbles over what a user wrote: the engine quotes it. */
const stumbling = [
  () => JSON.parse(secret),
  () => BigInt(secret),
  () => 'key' in (secret as unknown as object),
  () => {
    throw new Error(`not a number: ${secret}`);
  },
  () => {
    throw secret;
  },
];

const thrownBy = (stumble: () => unknown): unknown => {
  try {
    return stumble();
  } catch (error) {
    return error;
  }
};

describe('the log of a bug', () => {
  it('says where, and never what was in the object', () => {
    const lines: Fields[] = [];
    const note = (_: string, fields: Fields = {}): void => void lines.push(fields);
    const log: Log = { debug: note, info: note, warn: note, error: note };
    const telemetry = logged(log);
    for (const error of stumbling.map(thrownBy)) {
      assert.ok(String(error).includes(secret));
      telemetry.passThrew('tested', 'default/a', error);
      telemetry.storeFault('view', ConfigMap, { key: 'default/a', error });
    }
    assert.equal(lines.length, 2 * stumbling.length);
    assert.doesNotMatch(JSON.stringify(lines), new RegExp(secret));
    assert.match(String(lines[0]?.['error']), /^SyntaxError at .*telemetry\.test\.ts/);
  });
});

it('a notice is one line, a warning a louder one', () => {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const about = { resource: ConfigMap, namespace: 'default', name: 'a', uid: 'u', resourceVersion: '5' };
  logged(log).noticed('tested', { about, type: 'Warning', reason: 'Odd', message: 'it is odd' });
  logged(log).noticed('tested', { about, type: 'Normal', reason: 'Fine', message: 'it is fine' });
  assert.deepEqual(lines, [
    'warn noticed {"controller":"tested","on":"ConfigMap default/a","reason":"Odd","message":"it is odd"}',
    'info noticed {"controller":"tested","on":"ConfigMap default/a","reason":"Fine","message":"it is fine"}',
  ]);
});
