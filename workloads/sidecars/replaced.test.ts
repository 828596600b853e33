import assert from 'node:assert/strict';
import { it } from 'node:test';
import { printReplaced } from './replaced.ts';

it('Replaced containers are noted by set, each once, and text of others is written over', () => {
  const one = printReplaced(undefined, [{ set: 'logs', container: 'log' }]);
  assert.equal(one, '{"logs":["log"]}');
  const more = [
    { set: 'logs', container: 'log' },
    { set: 'logs', container: 'a' },
    { set: 'audit', container: 'b' },
  ];
  assert.equal(printReplaced(one, more), '{"audit":["b"],"logs":["a","log"]}');
  for (const odd of ['{', 'null', '[1]', '{"x":1}'])
    assert.equal(printReplaced(odd, [{ set: 'logs', container: 'log' }]), '{"logs":["log"]}');
});
