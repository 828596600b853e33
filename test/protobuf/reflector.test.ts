/** The machine on answers in protobuf: what it asks for, what it shows, and what it does with bytes that it cannot read. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Answers, accepted } from '../../kube/answers.ts';
import type { Answer, Client, Headers, Request, Stream } from '../../kube/client.ts';
import { reflect } from '../../kube/reflector.ts';
import { Store } from '../../kube/store.ts';
import { ControllerRevisions, Pods } from '../../workloads/resources.ts';
import { FakeClock } from '../support/clock.ts';
import { envelope, frame } from '../support/protobuf/encode.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const watched: Headers = { 'content-type': 'application/vnd.kubernetes.protobuf;stream=watch' };
const protobuf: Headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
const json: Headers = { 'content-type': 'application/json' };

/** Answers watch after watch with what it was given, then with silence. */
class Player implements Client {
  readonly requests: Request[] = [];
  readonly #streams: Stream[];

  constructor(...streams: readonly (readonly [Headers, ...Buffer[]])[]) {
    this.#streams = streams.map(([headers, ...chunks]) => ({ status: 200, headers, chunks: slowly(chunks) }));
  }

  async stream(request: Request): Promise<Stream> {
    this.requests.push(request);
    return this.#streams.shift() ?? { status: 200, headers: json, chunks: silence(request.signal) };
  }

  request(): Promise<Answer> {
    return Promise.reject(new Error('nothing is listed'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function* slowly(chunks: readonly Buffer[]): AsyncGenerator<Buffer, void, void> {
  for (const chunk of chunks) yield chunk;
}

/** Nothing, until nobody listens any more. */
const silence = (signal: AbortSignal | undefined): AsyncIterable<Buffer> => {
  const aborted = new Promise<Buffer[]>(resolve => signal?.addEventListener('abort', () => resolve([])));
  return (async function* () {
    yield* await aborted;
  })();
};

class Bench {
  readonly clock = new FakeClock();
  readonly store = new Store();
  readonly reports: string[] = [];
  readonly player: Player;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(player: Player, client: Client = player) {
    this.player = player;
    this.store.register(Pods);
    const { clock, store } = this;
    this.#running = reflect({
      ...{ resource: Pods, client, store, clock, random: () => 0.5, onSync: () => undefined },
      report: why => void this.reports.push(why),
      signal: this.#stop.signal,
    });
  }

  accepts(): readonly string[] {
    return this.player.requests.map(({ accept = '' }) => accept);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(0);
    await this.#running;
  }
}

const inProtobuf = /^application\/vnd\.kubernetes\.protobuf;stream=watch, application\/json/;

describe('a reflector of pods', () => {
  it('asks for protobuf, and reads it however it is cut', async () => {
    const bytes = fixture('watch.pb');
    const bench = new Bench(new Player([watched, bytes.subarray(0, 5000), bytes.subarray(5000)]));
    await bench.clock.advance();
    assert.match(bench.accepts()[0] ?? '', inProtobuf);
    assert.deepEqual(
      bench.store
        .list(Pods)
        .map(pod => pod.name)
        .sort(),
      ['bare', 'leaving', 'rich'],
    );
    await bench.stop();
  });

  it('reads JSON where the server has no protobuf', async () => {
    const bench = new Bench(new Player([json, fixture('watch.json')]));
    await bench.clock.advance();
    assert.equal(bench.store.list(Pods).length, 3);
    await bench.stop();
  });

  it('reports a frame that it cannot read, and asks once in JSON to get past it', async () => {
    const broken = frame('ADDED', Buffer.from('nonsense'));
    const bench = new Bench(new Player([watched, broken], [json, fixture('watch.json')]));
    await bench.clock.advance(800);
    assert.deepEqual(bench.reports[0], 'no protobuf of an apiserver');
    assert.equal(bench.store.list(Pods).length, 3);
    await bench.clock.advance(60_000);
    const [first = '', second, third = ''] = bench.accepts();
    assert.match(first, inProtobuf);
    assert.equal(second, 'application/json');
    assert.match(third, inProtobuf);
    await bench.stop();
  });
});

describe('a reflector of a server without WatchList', () => {
  it('asks for a page in JSON that it could not read in protobuf', async () => {
    const player = new Player();
    const refused = { status: 422, headers: json, chunks: slowly([Buffer.from('{"kind":"Status","code":422}')]) };
    const asked: string[] = [];
    const client: Client = {
      close: () => player.close(),
      stream: request =>
        request.query?.['sendInitialEvents'] === 'true' ? Promise.resolve(refused) : player.stream(request),
      request: ({ accept = '' }) => {
        asked.push(accept);
        const page = { metadata: { resourceVersion: '1' }, items: [JSON.parse(fixture('pod.json').toString())] };
        return Promise.resolve(
          asked.length === 1
            ? { status: 200, headers: protobuf, body: Buffer.from('nonsense') }
            : { status: 200, headers: json, body: Buffer.from(JSON.stringify(page)) },
        );
      },
    };
    const bench = new Bench(player, client);
    await bench.clock.advance(2000);
    assert.equal(bench.store.list(Pods).length, 1);
    assert.match(asked[0] ?? '', /protobuf/);
    assert.equal(asked[1], 'application/json');
    await bench.stop();
  });
});

describe('an answer', () => {
  const answers = new Answers();
  const answer = (status: number, headers: Headers, body: Buffer): Answer => ({ status, headers, body });

  it('shows the object in either encoding', () => {
    const compact = answers.objectIn(answer(200, protobuf, fixture('pod.pb')), Pods);
    const plain = answers.objectIn(answer(200, json, fixture('pod.json')), Pods);
    assert.ok(compact !== undefined && plain !== undefined);
    assert.deepEqual(Pods.view(compact), Pods.view(plain));
  });

  it('says why not in either encoding', () => {
    const compact = answers.statusIn(answer(404, protobuf, fixture('missing.pb')));
    assert.deepEqual(compact, answers.statusIn(answer(404, json, fixture('missing.json'))));
    assert.equal(compact.about, 'nobody');
    assert.equal(compact.reason, 'NotFound');
  });

  it('that is a Status, or cannot be read, shows no object', () => {
    const bodies = [fixture('missing.pb'), Buffer.from('nonsense'), envelope('v1', 'Pod', Buffer.alloc(0))];
    for (const body of bodies) assert.equal(answers.objectIn(answer(200, protobuf, body), Pods), undefined);
    assert.equal(answers.statusIn(answer(500, protobuf, Buffer.from('nonsense'))).code, 500);
  });

  it('is asked for in JSON where nothing reads protobuf of the kind', () => {
    assert.equal(accepted(ControllerRevisions), 'application/json');
  });
});
