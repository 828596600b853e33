import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  after,
  type Ended,
  fewest,
  initially,
  longestRest,
  most,
  newWindow,
  placesIn,
  type Sign,
  sampleSize,
  type Window,
} from './window.ts';

const overloaded: Sign = { is: 'overloaded' };
const answered: Sign = { is: 'answered' };

/** Answers to a window that is always full, one after another, each sent `took` before it ended. */
const full = (window: Window, { count, took, from }: { count: number; took: number; from: number }): Window =>
  Array.from({ length: count }).reduce<Window>(
    (w, _, i) => after(w, { sign: answered, sentAt: from + i - took, at: from + i, inFlight: placesIn(w) }),
    window,
  );

const ended = (sign: Sign, over: Partial<Ended> = {}): Ended => ({ sign, sentAt: 0, at: 10, inFlight: 1, ...over });

describe('a window', () => {
  it('grows by one place with each round of answers that fills it', () => {
    const round = full(newWindow, { count: initially, took: 5, from: 100 });
    assert.equal(placesIn(round), initially + 1);
  });

  it('does not grow while it is not filled: that proves nothing', () => {
    const idle = Array.from({ length: 1000 }).reduce<Window>(
      w => after(w, ended(answered, { inFlight: initially - 1 })),
      newWindow,
    );
    assert.equal(idle.places, initially);
  });

  it('is halved by an overload, once for all that was in flight then', () => {
    const once = after(newWindow, ended(overloaded));
    const again = after(once, ended(overloaded, { sentAt: 9, at: 12 }));
    const later = after(again, ended(overloaded, { sentAt: 11, at: 20 }));
    assert.deepEqual([once, again, later].map(placesIn), [10, 10, 5]);
  });

  it('is halved when the p95 doubles, and follows a server that stays slow', () => {
    const usual = full(newWindow, { count: sampleSize, took: 80, from: 0 });
    const slower = full(usual, { count: sampleSize, took: 170, from: 1000 });
    assert.ok(placesIn(slower) <= placesIn(usual) / 2 + 1, `${slower.places} of ${usual.places}`);
    const used = full(slower, { count: 5000, took: 170, from: 10_000 });
    assert.equal(placesIn(used), most);
  });

  it('takes no small time for slow, however much larger it is than the usual one', () => {
    const usual = full(newWindow, { count: sampleSize, took: 2, from: 0 });
    const slower = full(usual, { count: sampleSize, took: 99, from: 1000 });
    assert.ok(slower.places > usual.places);
  });

  it('rests as long as the server asks, within bounds, whenever the request was sent', () => {
    const rest = (seconds: number): number =>
      after({ ...newWindow, halvedAt: 5 }, ended({ is: 'overloaded', retryAfter: seconds * 1000 })).restsUntil;
    assert.equal(rest(3), 3010);
    assert.equal(rest(3600), 10 + longestRest);
  });

  it('learns nothing from what was not sent', () => {
    assert.equal(after(newWindow, ended({ is: 'unknown' })), newWindow);
  });
});

const sign: fc.Arbitrary<Sign> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(answered) },
  { weight: 1, arbitrary: fc.constant(overloaded) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('overloaded' as const), retryAfter: fc.nat(60_000) }) },
  { weight: 1, arbitrary: fc.constant({ is: 'unknown' as const }) },
);

/** Any answers, in the order in which they came. */
const history = fc.array(
  fc.record({ sign, took: fc.nat(2000), passed: fc.nat(50), inFlight: fc.integer({ min: 1, max: most }) }),
  { maxLength: 400, size: 'max' },
);

const walk = (answers: readonly { sign: Sign; took: number; passed: number; inFlight: number }[]) => {
  let [window, at] = [newWindow, 0];
  return answers.map(({ sign: is, took, passed, inFlight }) => {
    at += passed;
    const [before, sentAt] = [window, at - took];
    window = after(window, { sign: is, sentAt, at, inFlight });
    return { before, window, sentAt, at };
  });
};

describe('whatever a server answers, a window', () => {
  it('stays within its bounds, and asks for no longer rest than is allowed', () => {
    fc.assert(
      fc.property(history, answers => {
        for (const { window, at } of walk(answers)) {
          assert.ok(window.places >= fewest && window.places <= most, String(window.places));
          assert.ok(window.restsUntil <= at + longestRest);
          assert.ok(window.sample.length < sampleSize);
        }
      }),
    );
  });

  it('is halved at most once for one congestion: by what was sent after the last halving only', () => {
    fc.assert(
      fc.property(history, answers => {
        for (const { before, window, sentAt } of walk(answers)) {
          assert.ok(window.places >= before.places / 2);
          if (window.halvedAt !== before.halvedAt) assert.ok(sentAt > before.halvedAt);
          else assert.ok(window.places >= before.places);
        }
      }),
    );
  });

  it('is as wide as it can be again, once the server is well and busy for long enough', () => {
    fc.assert(
      fc.property(history, answers => {
        const last = walk(answers).at(-1);
        const from = (last?.at ?? 0) + 10;
        assert.equal(placesIn(full(last?.window ?? newWindow, { count: 2500, took: 5, from })), most);
      }),
      { numRuns: 30 },
    );
  });
});
