import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { strayWrites, type Write } from './replicaWrites.ts';

const write = (replica: string, at: number, more: Partial<Write> = {}): Write => ({
  ...{ replica, at, answered: at + 5, what: 'patch pods db-0', isOfLease: false, code: 200 },
  ...more,
});
const lease = (replica: string, at: number, code = 200): Write =>
  write(replica, at, { what: 'patch leases berth-controller', isOfLease: true, code });

suite('a stray write', () => {
  const handover = [lease('one', 0), lease('two', 100)];
  const straysAmong = (...writes: readonly Write[]) => strayWrites([...handover, ...writes]);

  test('is none of who leads, before another has taken the lease and when it was taken back', () => {
    assert.deepEqual(straysAmong(write('one', 50), write('two', 110), lease('one', 200), write('one', 210)), []);
  });

  test('comes after another has taken the lease, and counts also if it was refused', () => {
    for (const code of [200, 409]) {
      const late = write('one', 110, { code });
      assert.deepEqual(straysAmong(late), [late]);
    }
  });

  test('was received in time and carried out too late', () => {
    const hanging = write('one', 90, { answered: 120 });
    assert.deepEqual(straysAmong(hanging), [hanging]);
    assert.deepEqual(straysAmong({ ...hanging, code: 504 }), []);
  });

  test('is not excused by a lease that it was refused', () => {
    const late = write('one', 130);
    assert.deepEqual(straysAmong(lease('one', 120, 409), late), [late]);
  });

  test('is none while nobody is known to lead', () => {
    assert.deepEqual(strayWrites([write('one', 1)]), []);
  });
});
