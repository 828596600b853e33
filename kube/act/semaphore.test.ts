import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Semaphore } from './semaphore.ts';

/** Tasks that end when the test says so, and the order in which they began. */
class Bench {
  readonly began: string[] = [];
  readonly #semaphore: Semaphore;
  readonly #ends: (() => void)[] = [];

  constructor(places: number) {
    this.#semaphore = new Semaphore(places);
  }

  run(group: string, ...names: readonly string[]): void {
    for (const name of names)
      void this.#semaphore.run(group, () => {
        this.began.push(name);
        return new Promise<void>(resolve => void this.#ends.push(resolve));
      });
  }

  /** The first `count` of those that run end. */
  async end(count = 1): Promise<void> {
    for (const end of this.#ends.splice(0, count)) end();
    await new Promise(resolve => setImmediate(resolve));
  }
}

describe('a semaphore', () => {
  it('lets so many run at a time, and the next when one ends', async () => {
    const bench = new Bench(2);
    bench.run('a', '1', '2', '3', '4');
    assert.deepEqual(bench.began, ['1', '2']);
    await bench.end();
    assert.deepEqual(bench.began, ['1', '2', '3']);
    await bench.end(3);
    bench.run('a', '5', '6');
    assert.deepEqual(bench.began, ['1', '2', '3', '4', '5']);
  });

  it('gives groups their turns: one with a thousand waiting does not hold up another', async () => {
    const bench = new Bench(1);
    bench.run('hot', ...Array.from({ length: 1000 }, (_, i) => `hot ${i}`));
    bench.run('cold', 'cold 0', 'cold 1');
    bench.run('mild', 'mild 0');
    for (let i = 0; i < 6; i++) await bench.end();
    assert.deepEqual(bench.began, ['hot 0', 'hot 1', 'cold 0', 'mild 0', 'hot 2', 'cold 1', 'hot 3']);
  });

  it('frees the place of a task that threw', async () => {
    const semaphore = new Semaphore(1);
    await assert.rejects(
      semaphore.run('a', () => Promise.reject(new Error('a bug'))),
      /a bug/,
    );
    assert.equal(await semaphore.run('a', () => Promise.resolve('ran')), 'ran');
  });
});
