import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { suite, test } from 'node:test';
import { FakeClock } from '../../test/support/clock.ts';
import type { Material } from '../certificates.ts';
import { type KubeObject, type Resource, type Seen, seconds, seenOf } from '../contract.ts';
import { openLog } from '../log.ts';
import type { Serving } from '../server.ts';
import { Store } from '../store.ts';
import { serveCertificateFrom } from './present.ts';
import { keepSpare } from './spare.ts';

type Data = Readonly<Partial<Record<string, string>>>;
const secret: Resource<Seen & { readonly data: Data }> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  view: object => ({ ...seenOf(object), data: object['data'] as Data }),
  indexes: {},
};
const spare: Resource<Seen & { readonly material: Material }> = {
  group: 'local',
  version: 'v1',
  kind: 'Spare',
  plural: 'spares',
  scope: 'Namespaced',
  view: () => undefined,
  indexes: {},
};

const aSecret = (resourceVersion: string, data: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'berth-system', name: 'certificate', uid: 'u', resourceVersion },
  data,
});

const newStore = (): Store => {
  const store = new Store();
  store.register(secret);
  store.register(spare);
  return store;
};

suite('the spare certificate', () => {
  const started = () => {
    const store = newStore();
    const clock = new FakeClock();
    const ending = new AbortController();
    const wanted = { names: ['localhost'], lifetime: seconds(3600) };
    const options = { store, spare, secret, namespace: 'berth-system', name: 'certificate', wanted, clock };
    const seen: Material[] = [];
    const wakes: (() => void)[] = [];
    store.subscribe((resource, _before, after) => {
      if (resource !== spare || after === undefined) return;
      const kept = store.get(spare, after.key);
      if (kept !== undefined) seen.push(kept.material);
      for (const wake of wakes.splice(0)) wake();
    });
    const ended = keepSpare(options, ending.signal);
    const end = (): Promise<void> => {
      ending.abort();
      return ended;
    };
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) await new Promise<void>(resolve => void wakes.push(resolve));
    };
    return { store, clock, seen, until, end, signal: ending.signal };
  };
  test('is made at once, under the key of the Secret', async () => {
    const { store, until, end } = started();
    await until(1);
    assert.ok(store.get(spare, 'berth-system/certificate'));
    await end();
  });
  test('is made anew when it is in use', async () => {
    const { store, seen, until, end } = started();
    await until(1);
    store.changed(secret, aSecret('1', { 'next.crt': seen[0]?.['tls.crt'] }));
    await until(2);
    assert.notEqual(seen[0]?.['tls.crt'], seen[1]?.['tls.crt']);
    await end();
  });
  test('is made anew when it has grown old', async () => {
    const { clock, until, end } = started();
    await until(1);
    await clock.advance(seconds(86_400));
    await until(2);
    await end();
  });
  test('ends also while one is being made', async () => {
    const { seen, end } = started();
    await end();
    assert.deepEqual(seen, []);
  });
  test('leaves nothing behind for each one that was made', async () => {
    const { clock, until, end, signal } = started();
    for (let made = 1; made <= 5; made++) {
      await until(made);
      await clock.advance(seconds(86_400));
    }
    assert.ok(getEventListeners(signal, 'abort').length <= 1);
    await end();
  });
});

suite('a server that shows a Secret', () => {
  const started = (store: Store, present: (serving: Serving) => void = () => {}) => {
    const shown: string[] = [];
    const server = {
      port: 0,
      checks: [],
      drain: () => Promise.resolve(),
      present: (serving: Serving) => {
        present(serving);
        shown.push(serving.certificate);
      },
    };
    const lines: string[] = [];
    const sink = { write: (line: string) => void lines.push(line), flush: () => Promise.resolve() };
    const stop = serveCertificateFrom({ store, secret, server, log: openLog({ level: 'info', format: 'json' }, sink) });
    return { shown, lines, stop };
  };
  const pair = (name: string): Data => ({ 'tls.crt': name, 'tls.key': `key of ${name}` });

  test('shows what is there, and each new certificate once', () => {
    const store = newStore();
    store.changed(secret, aSecret('1', pair('A')));
    const { shown } = started(store);
    store.changed(secret, aSecret('2', { ...pair('A'), 'next.crt': 'B' }));
    store.changed(secret, aSecret('3', pair('B')));
    assert.deepEqual(shown, ['A', 'B']);
  });
  test('goes on with what it has when the Secret is emptied or deleted', () => {
    const store = newStore();
    const { shown } = started(store);
    store.changed(secret, aSecret('1', pair('A')));
    store.changed(secret, aSecret('2', {}));
    store.deleted(secret, aSecret('3', {}));
    assert.deepEqual(shown, ['A']);
  });
  test('says so if it cannot show it, and takes the next that it can', () => {
    const store = newStore();
    const present = ({ key }: Serving): void => {
      if (key === 'key of A') throw new Error('key values mismatch');
    };
    const { shown, lines } = started(store, present);
    store.changed(secret, aSecret('1', pair('A')));
    store.changed(secret, aSecret('2', pair('B')));
    assert.deepEqual(shown, ['B']);
    assert.match(lines[0] ?? '', /key values mismatch.*cannot be served/);
  });
  test('looks no more once it is stopped', () => {
    const store = newStore();
    const { shown, stop } = started(store);
    stop();
    store.changed(secret, aSecret('1', pair('A')));
    assert.deepEqual(shown, []);
  });
});
