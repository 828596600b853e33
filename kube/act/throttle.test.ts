import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, failure } from '../../test/support/apiserver/scripted.ts';
import { FakeClock } from '../../test/support/clock.ts';
import { type Answer, AnswerLost, NotSent } from '../client.ts';
import type { Ceiling } from './bucket.ts';
import type { Place, Rank } from './ranks.ts';
import { Throttle } from './throttle.ts';

const ok = answer(200, {});

/** Requests that end when the test says so, and the order in which they were sent. */
class Bench {
  readonly clock = new FakeClock();
  readonly sent: string[] = [];
  readonly throttle: Throttle;
  readonly #ends: ((answer: Answer | Error) => void)[] = [];

  constructor(ceiling?: Ceiling) {
    this.throttle = new Throttle({ clock: this.clock, ...(ceiling !== undefined && { ceiling }) });
  }

  send(place: Place, count: number): void {
    for (let i = 0; i < count; i++)
      this.throttle
        .run(place, () => this.throttle.heed(() => this.#request(`${place.rank} ${place.namespace}`)))
        .catch(() => undefined);
  }

  #request(name: string): Promise<Answer> {
    this.sent.push(name);
    return new Promise((resolve, reject) => {
      this.#ends.push(end => (end instanceof Error ? reject(end) : resolve(end)));
    });
  }

  /** The first of those that are in flight end so. */
  async end(count: number, how: Answer | Error = ok): Promise<void> {
    for (const end of this.#ends.splice(0, count)) end(how);
    await this.clock.advance();
  }

  tally(): Readonly<Record<string, number>> {
    return Object.fromEntries([...Map.groupBy(this.sent, name => name)].map(([name, all]) => [name, all.length]));
  }
}

const work = (namespace: string): Place => ({ rank: 'work', namespace });
const of = (rank: Rank): Place => ({ rank, namespace: 'a' });

describe('a throttle', () => {
  it('sends as many as the window has places, and the next when one ends', async () => {
    const bench = new Bench();
    bench.send(work('a'), 30);
    await bench.clock.advance();
    assert.deepEqual([bench.sent.length, bench.throttle.waiting], [20, 10]);
    await bench.end(1);
    assert.equal(bench.sent.length, 21);
  });

  for (const [name, how] of [
    ['429', failure(429, 'TooManyRequests')],
    ['503', failure(503, 'ServiceUnavailable')],
    ['a lost answer', new AnswerLost('reset')],
  ] as const)
    it(`sends half as many after ${name}`, async () => {
      const bench = new Bench();
      bench.send(work('a'), 100);
      await bench.clock.advance();
      await bench.end(20, how);
      assert.equal(bench.throttle.places, 10);
      assert.equal(bench.sent.length, 30);
    });

  it('is not narrowed by refusals, nor by what did not leave', async () => {
    const bench = new Bench();
    bench.send(work('a'), 100);
    await bench.clock.advance();
    await bench.end(10, failure(409, 'Conflict'));
    await bench.end(10, new NotSent('not permitted'));
    assert.equal(bench.throttle.places, 20);
  });

  it('sends nothing while the server asks to be left alone', async () => {
    const bench = new Bench();
    bench.send(work('a'), 30);
    await bench.clock.advance();
    await bench.end(20, { ...failure(503, 'ServiceUnavailable'), headers: { 'retry-after': '2' } });
    assert.equal(bench.sent.length, 20);
    await bench.clock.advance(1999);
    assert.equal(bench.sent.length, 20);
    await bench.clock.advance(1);
    assert.equal(bench.sent.length, 30);
  });

  it('keeps below its ceiling: the burst at once, then so many a second', async () => {
    const bench = new Bench({ perSecond: 10, burst: 5 });
    bench.send(work('a'), 17);
    await bench.clock.advance();
    assert.equal(bench.sent.length, 5);
    await bench.clock.advance(999);
    assert.equal(bench.sent.length, 14);
    await bench.clock.advance(1);
    assert.equal(bench.sent.length, 15);
    await bench.clock.advance(60_000);
    bench.send(work('a'), 10);
    await bench.end(17);
    assert.equal(bench.sent.length, 17 + 5);
  });

  it('gives namespaces their turns', async () => {
    const bench = new Bench();
    bench.send(work('hot'), 1000);
    bench.send(work('cold'), 5);
    await bench.clock.advance();
    await bench.end(10);
    assert.deepEqual(bench.tally(), { 'work hot': 25, 'work cold': 5 });
  });

  it('sends statuses behind work, and events behind statuses, but starves neither', async () => {
    const bench = new Bench({ perSecond: 1000, burst: 1 });
    for (const rank of ['event', 'status', 'work'] as const) bench.send(of(rank), 1000);
    // The first came when nobody else was there.
    for (let i = 0; i < 64; i++) {
      await bench.clock.advance(1);
      await bench.end(1);
    }
    assert.deepEqual(bench.tally(), { 'event a': 2, 'work a': 56, 'status a': 7 });
    assert.deepEqual(bench.sent.slice(1, 9), [...Array.from({ length: 7 }, () => 'work a'), 'status a']);
  });

  it('that has ended keeps nobody waiting', async () => {
    const bench = new Bench({ perSecond: 1, burst: 1 });
    bench.send(work('a'), 100);
    bench.throttle.end();
    await bench.clock.advance();
    assert.equal(bench.sent.length, 100);
  });
});
