import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from './checker.ts';
import { chronicleOf } from './chronicle.ts';
import { invariants } from './invariants.ts';
import { three } from './verdict.fixture.ts';
import { verdictText } from './verdict.ts';

test('each invariant has a line, with what broke it, or why it could not be judged', () => {
  const { story, pods } = three();
  pods[0].setImage('db:v2', 'v2');
  const { entries, startedAt } = story.chronicle();
  const rules = invariants();
  const text = verdictText(rules, check(chronicleOf(entries, startedAt), rules));
  assert.match(text, /^1 revisions and 0 audited writes checked\n/u);
  assert.match(text, /✗ gate before patch {2,}1 violations\n/u);
  assert.match(text, /\? hands off {2,}not judged: no audit log\n/u);
  assert.match(text, /✓ once means once {2,}0 violations\n/u);
  assert.match(text, /gate before patch, revision \d+: the image of db in default\/db-0 changed before/u);
});
