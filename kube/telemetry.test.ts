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
