import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, failure, ScriptedApiserver } from '../test/support/apiserver/scripted.ts';
import { FakeClock } from '../test/support/clock.ts';
import { aConfigMap, ConfigMap } from '../test/support/configMaps.ts';
import { NotSent, type Request } from './client.ts';
import { reflect } from './reflector.ts';
import { Store } from './store.ts';

class Bench {
  readonly server = new ScriptedApiserver();
  readonly clock = new FakeClock();
  readonly store = new Store();
  readonly reports: string[] = [];
  synced = 0;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(prepare: (server: ScriptedApiserver) => void = () => {}, resource = ConfigMap) {
    this.store.register(resource);
    prepare(this.server);
    this.#running = reflect({
      resource,
      client: this.server,
      store: this.store,
      clock: this.clock,
      random: () => 0.5,
      report: why => this.reports.push(why),
      onSync: () => {
        this.synced += 1;
      },
      signal: this.#stop.signal,
    });
  }

  names(): readonly string[] {
    return this.store.list(ConfigMap).map(({ name }) => name);
  }

  asked(): readonly string[] {
    return this.server.requests.map(inWords);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(0);
    await this.#running;
  }
}

const inWords = ({ query = {} }: Request): string => {
  if (query['sendInitialEvents'] !== undefined) return 'stream';
  return query['watch'] === undefined ? `list ${query['continue'] ?? ''}`.trim() : `watch ${query['resourceVersion']}`;
};

const withTwo = (server: ScriptedApiserver): void => {
  server.write(ConfigMap, aConfigMap('a'));
  server.write(ConfigMap, aConfigMap('b'));
};

const always = (): boolean => true;

describe('a reflector', () => {
  it('streams what there is, then follows what happens', async () => {
    const bench = new Bench(withTwo);
    await bench.clock.advance();
    assert.equal(bench.synced, 1);
    assert.deepEqual(bench.names(), ['a', 'b']);
    bench.server.write(ConfigMap, aConfigMap('c'));
    bench.server.remove(ConfigMap, 'default', 'a');
    await bench.clock.advance();
    assert.deepEqual(bench.names(), ['b', 'c']);
    await bench.stop();
  });

  it('asks for what the resource selects, for bookmarks, and for an end that not all share', async () => {
    const selected = { ...ConfigMap, select: { namespace: 'one', fields: 'metadata.name=x', labels: 'a=b' } };
    const bench = new Bench(undefined, selected);
    await bench.clock.advance();
    const { path, query } = bench.server.requests[0] ?? {};
    assert.equal(path, '/api/v1/namespaces/one/configmaps');
    assert.deepEqual(query, {
      fieldSelector: 'metadata.name=x',
      labelSelector: 'a=b',
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '450',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
    await bench.stop();
  });

  it('reads pages where the server knows no streaming of initial events', async () => {
    const page = (names: readonly string[], next: string): ReturnType<typeof answer> =>
      answer(200, {
        metadata: { resourceVersion: '90', continue: next },
        items: names.map(name => ({ metadata: { name, namespace: 'default', uid: name, resourceVersion: '80' } })),
      });
    const bench = new Bench(server => {
      server.once(always, () => failure(422, 'Invalid'));
      server.once(always, () => page(['a'], 'more'));
      server.once(always, () => page(['b'], ''));
    });
    await bench.clock.advance();
    assert.deepEqual(bench.asked(), ['stream', 'list', 'list more', 'watch 90']);
    assert.deepEqual(bench.names(), ['a', 'b']);
    await bench.stop();
  });

  it('goes on where it was when the connection breaks, after a part of the delay', async () => {
    const bench = new Bench(withTwo);
    await bench.clock.advance();
    bench.server.watches(ConfigMap)[0]?.break(new Error('reset'));
    await bench.clock.advance(399);
    assert.deepEqual(bench.asked(), ['stream']);
    await bench.clock.advance(1);
    assert.deepEqual(bench.asked(), ['stream', 'watch 102']);
    assert.deepEqual(bench.reports, ['reset']);
    await bench.stop();
  });

  it('goes on from the last bookmark', async () => {
    const bench = new Bench(withTwo);
    await bench.clock.advance();
    const [watch] = bench.server.watches(ConfigMap);
    watch?.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '5000' } } });
    await bench.clock.advance(2000);
    watch?.end();
    await bench.clock.advance();
    assert.equal(bench.asked().at(-1), 'watch 5000');
    await bench.stop();
  });

  it('reads everything again after a 410, and drops what is gone meanwhile', async () => {
    const bench = new Bench(withTwo);
    await bench.clock.advance();
    const [watch] = bench.server.watches(ConfigMap);
    bench.server.muteWatches();
    bench.server.remove(ConfigMap, 'default', 'a');
    watch?.send({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } });
    await bench.clock.advance();
    assert.deepEqual(bench.asked(), ['stream', 'stream']);
    assert.deepEqual(bench.names(), ['b']);
    assert.equal(bench.synced, 2);
    await bench.stop();
  });

  it('takes a frame that it cannot read for a broken connection', async () => {
    const bench = new Bench(withTwo);
    await bench.clock.advance();
    bench.server.watches(ConfigMap)[0]?.sendText('{"type":"ADDED","object":{"kind":"Pod"}}\n');
    await bench.clock.advance(400);
    assert.deepEqual(bench.reports, ['an event without an object']);
    assert.equal(bench.asked().at(-1), 'watch 102');
    await bench.stop();
  });

  it('leaves a connection on which nothing came for 190 s', async () => {
    const bench = new Bench(withTwo);
    await bench.clock.advance();
    await bench.clock.advance(150_000);
    bench.server.watches(ConfigMap)[0]?.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '300' } } });
    await bench.clock.advance(189_000);
    assert.deepEqual(bench.asked(), ['stream']);
    await bench.clock.advance(2000);
    assert.deepEqual(bench.asked(), ['stream', 'watch 300']);
    await bench.stop();
  });

  it('waits as long as the server asks', async () => {
    const tooMany = { ...failure(429, 'TooManyRequests'), headers: { 'retry-after': '7' } };
    const bench = new Bench(server => server.once(always, () => tooMany));
    await bench.clock.advance(7399);
    assert.equal(bench.asked().length, 1);
    await bench.clock.advance(1);
    assert.equal(bench.synced, 1);
    await bench.stop();
  });

  it('keeps trying while the server is away', async () => {
    const bench = new Bench(server => {
      for (let i = 0; i < 20; i++) server.once(always, () => Promise.reject(new NotSent('refused')));
    });
    await bench.clock.advance(20 * 15_000);
    assert.equal(bench.synced, 1);
    await bench.stop();
  });

  it('does not hammer a server that ends every watch at once', async () => {
    const bench = new Bench(withTwo);
    await bench.clock.advance();
    for (let i = 0; i < 3; i++) {
      bench.server.watches(ConfigMap)[0]?.end();
      await bench.clock.advance(10_000);
    }
    assert.ok(bench.asked().length <= 4, bench.asked().join());
    await bench.stop();
  });
});
