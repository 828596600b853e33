import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renewedMessage, upgradableCondition } from './upgradable.ts';

const all = () => true;
const no = { set: 'logs', can: false, repeats: false };
const yes = { set: 'logs', can: true, repeats: false };
const yesAgain = { set: 'logs', can: true, repeats: true };

describe('The message of SidecarSetUpgradable', () => {
  const rows: readonly (readonly [string, string | undefined, typeof no, string | undefined])[] = [
    ['begins with the first set that cannot', undefined, no, '{"logs":false}'],
    ['names the sets in order [§11.8 message]', '{"mesh":true,"a":false}', yes, '{"a":false,"logs":true,"mesh":true}'],
    ['is not written again for nothing', '{"logs":false}', no, undefined],
    ['is the same in any spelling', '{ "mesh": true, "logs": true }', yes, undefined],
    ['takes a refusal back', '{"logs":false}', yesAgain, '{"logs":true}'],
    ['is not begun to say what goes without saying', undefined, yesAgain, undefined],
    ['of others is left alone then', '{"mesh":false}', yesAgain, undefined],
    ['that nobody can read is written anew', '{oops', no, '{"logs":false}'],
    ['is harmless whatever it holds', '{"__proto__":true,"x":7}', no, '{"__proto__":true,"logs":false}'],
  ];
  for (const [what, before, verdict, after] of rows)
    it(what, () => assert.equal(renewedMessage(before, verdict, all), after));

  it('loses sets that are gone', () => {
    const isThere = (set: string) => set !== 'old';
    assert.equal(renewedMessage('{"logs":true,"old":false}', yesAgain, isThere), '{"logs":true}');
    assert.equal(renewedMessage('{"old":false}', yesAgain, isThere), '{}');
  });
});

describe('The condition SidecarSetUpgradable', () => {
  const before = { type: 'SidecarSetUpgradable', status: 'False', reason: '', message: '', since: 0 } as const;

  it('is True if all sets can', () =>
    assert.deepEqual(upgradableCondition(before, '{"a":true,"b":true}', 5000), {
      type: 'SidecarSetUpgradable',
      status: 'True',
      reason: 'AllSidecarsetUpgradable',
      message: '{"a":true,"b":true}',
      lastTransitionTime: '1970-01-01T00:00:05Z',
    }));

  it('is False if one cannot, and keeps its time as long as it is', () =>
    assert.deepEqual(upgradableCondition(before, '{"a":true,"b":false}', 5000), {
      type: 'SidecarSetUpgradable',
      status: 'False',
      reason: 'UpdateImmutableField',
      message: '{"a":true,"b":false}',
      lastTransitionTime: '1970-01-01T00:00:00Z',
    }));
});
