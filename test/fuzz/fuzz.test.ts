import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz, type Result } from './fuzz.ts';
import { wrongWith } from './judge.ts';
import { reviews } from './reviews.ts';
import type { Kind } from './tally.ts';

// The same reviews every time: `npm run fuzz` draws others.
const seed = Number(process.env['BERTH_SEED'] ?? 1);

const kinds: readonly Kind[] = ['patched', 'refused', 'allowed', '400'];

const answersIn = ({ webhooks }: Result, kind: Kind): number =>
  [...webhooks.values()].reduce((sum, tally) => sum + tally.of(kind), 0);

test(`made-up reviews get well-formed answers, and never an exception (BERTH_SEED=${seed})`, t => {
  const until = performance.now() + 8000;
  const result = fuzz({ seed, cases: 1_000_000, isOver: () => performance.now() > until });
  const count = (kind: Kind): number => answersIn(result, kind);
  const counts = kinds.map(kind => `${kind} ${count(kind)}`).join(', ');
  t.diagnostic(`${result.cases} reviews: ${counts}`);
  assert.deepEqual(result.failures, []);
  // A sample in which nothing was patched or refused would show little.
  for (const kind of kinds) assert.ok(count(kind) > 10, kind);
});

test('a case comes again for its seed and number', () => {
  const many = fuzz({ seed: 7, cases: 50 });
  const ones = Array.from({ length: 50 }, (_, from) => fuzz({ seed: 7, from, cases: 1 }));
  for (const kind of kinds)
    assert.equal(
      ones.reduce((total, one) => total + answersIn(one, kind), 0),
      answersIn(many, kind),
      kind,
    );
});

const review = JSON.stringify(reviews[0]?.review);
const answerOf = (response: object): Parameters<typeof wrongWith>[1] => ({
  status: 200,
  uid: 'review-1',
  body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }),
});
const patchOf = (...ops: readonly object[]): object => ({
  uid: 'review-1',
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(ops)).toString('base64'),
});

const wrong: readonly (readonly [what: string, answer: Parameters<typeof wrongWith>[1], said: RegExp])[] = [
  ['throws', { status: 500, uid: '', body: 'x', fault: 'TypeError' }, /threw: TypeError/u],
  ['says nothing', { status: 400, uid: '', body: '' }, /without a word/u],
  ['answers another request', answerOf({ uid: 'other', allowed: true }), /request other/u],
  ['refuses without words', answerOf({ uid: 'review-1', allowed: false, status: { code: 422 } }), /without words/u],
  ['patches what is not there', answerOf(patchOf({ op: 'remove', path: '/spec/absent' })), /does not apply/u],
  ['loses what it does not know', answerOf(patchOf({ op: 'remove', path: '/spec/future' })), /does not know/u],
];
test('what no apiserver can send may be answered with a 500, for the process lives on', () => {
  const impossible = review.replace('"labels":{"app":"web"', '"labels":{"app":7');
  assert.notEqual(impossible, review);
  assert.equal(wrongWith(impossible, { status: 500, uid: '', body: 'x', fault: 'TypeError' }), undefined);
});

for (const [what, answer, said] of wrong)
  test(`a webhook that ${what} is found out`, () => assert.match(wrongWith(review, answer) ?? '', said));
