import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Effect, type Input, type State, start, step } from './state.ts';

/** Where a run of inputs ends, and what was to be done after each. */
const after = (...inputs: readonly Input[]): { readonly state: State; readonly done: readonly string[] } => {
  let { state } = start;
  const done = inputs.map(input => {
    const next = step(state, input);
    state = next.state;
    return next.effects.map(inWords).join(', ');
  });
  return { state, done };
};

const inWords = (effect: Effect): string => {
  switch (effect.do) {
    case 'stream':
      return 'stream';
    case 'page':
      return `page '${effect.continue}'`;
    case 'swap':
      return `swap ${effect.version}`;
    case 'watch':
      return `watch ${effect.from}`;
    case 'wait':
      return `wait ${effect.atLeast}+${effect.spread}`;
    case 'report':
      return `report ${effect.why}`;
  }
};

const complete: Input = { is: 'complete', version: '7' };
const broken: Input = { is: 'broken', why: 'reset' };
const unsupported: Input = { is: 'unsupported', why: '422' };
const timer: Input = { is: 'timer' };
const expired: Input = { is: 'expired' };
const page = (version: string, next: string): Input => ({ is: 'page', version, continue: next });
const progress = (version: string): Input => ({ is: 'progress', version });

describe('a reflector', () => {
  it('streams the first state and goes on watching', () => {
    assert.deepEqual(after(complete).done, ['swap 7']);
    assert.equal(after(complete, progress('9')).state.at, 'watching');
  });

  it('reads pages where the server cannot stream, and keeps to them', () => {
    const { done } = after(unsupported, page('5', 'next'), page('5', ''), expired);
    assert.deepEqual(done, ["page ''", "page 'next'", 'swap 5, watch 5', "page ''"]);
  });

  it('begins a list again once when its pages expire, then waits', () => {
    const { done } = after(unsupported, page('5', 'next'), expired, page('6', 'next'), expired, timer);
    assert.deepEqual(done.slice(2), [
      "page ''",
      "page 'next'",
      'report the version expired again, wait 0+800',
      "page ''",
    ]);
  });

  it('goes on from the last version after a break', () => {
    const { done } = after(complete, progress('12'), broken, timer);
    assert.deepEqual(done.slice(2), ['report reset, wait 0+800', 'watch 12']);
  });

  it('goes on at once when the server ends a watch as agreed', () => {
    assert.deepEqual(after(complete, progress('12'), { is: 'ended' }).done.at(-1), 'watch 12');
  });

  it('reads everything again when its version has expired', () => {
    assert.deepEqual(after(complete, expired, complete).done.slice(1), ['stream', 'swap 7']);
  });

  it('reads everything again at once when the version expired while it was away', () => {
    const { done } = after(complete, broken, timer, broken, timer, expired, complete);
    assert.deepEqual(done.slice(4), ['watch 7', 'stream', 'swap 7']);
  });

  it('waits when what it has just read has expired already', () => {
    const { done } = after(complete, expired, complete, expired, timer, complete, progress('8'), expired);
    assert.deepEqual(done.slice(3), ['report the version expired again, wait 0+800', 'stream', 'swap 7', '', 'stream']);
  });

  it('waits twice as long after each failure, up to eight seconds', () => {
    const failing = after(...Array.from({ length: 8 }, () => [broken, timer]).flat());
    const waits = failing.done.filter(d => d.includes('wait')).map(d => d.replace(/.*\+/, ''));
    assert.deepEqual(waits, ['800', '1600', '3200', '6400', '8000', '8000', '8000', '8000']);
  });

  it('forgets its failures when something arrives', () => {
    const { done } = after(complete, broken, timer, broken, timer, progress('8'), broken);
    assert.deepEqual(done.at(-1), 'report reset, wait 0+800');
  });

  it('waits at least as long as the server asks', () => {
    assert.deepEqual(after({ ...broken, retryAfter: 5000 }).done, ['report reset, wait 5000+800']);
  });

  it('begins again when the first stream breaks before it is complete', () => {
    assert.deepEqual(after(broken, timer).done.at(-1), 'stream');
    assert.deepEqual(after({ is: 'ended' }, timer).done, ['report the stream ended too early, wait 0+800', 'stream']);
  });
});
