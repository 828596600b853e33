import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AnswerLost, type Client, NotSent } from '../client.ts';
import { systemClock } from '../clock.ts';
import { connect } from './connect.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-connect-'));
after(() => rmSync(folder, { recursive: true }));

const kubeconfig = (port: number, token: string): string => {
  const path = join(folder, `${port}.kubeconfig`);
  const config = {
    'current-context': 'test',
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}/base`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Bench extends AsyncDisposable {
  readonly client: Client;
  readonly port: number;
}

const against = async (handler: Handler): Promise<Bench> => {
  const server: Server = createServer(handler);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = await connect({ source: { kubeconfig: kubeconfig(port, 'first') }, role: 'test', clock: systemClock });
  return {
    client,
    port,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
};

const get = { method: 'GET', path: '/api/v1/pods' } as const;

describe('a request', () => {
  it('says who asks, and keeps its answer as it came', async () => {
    await using bench = await against(({ url, headers }, response) => {
      const { authorization, 'user-agent': agent, 'accept-encoding': encoding } = headers;
      response.writeHead(418, { 'x-test': 'yes' }).end(JSON.stringify([url, authorization, agent, encoding]));
    });
    const answer = await bench.client.request({ ...get, query: { labelSelector: 'a in (b,c)' } });
    assert.equal(answer.status, 418);
    assert.equal(answer.headers['x-test'], 'yes');
    const seen: unknown = JSON.parse(answer.body.toString());
    assert.deepEqual(seen, [
      '/base/api/v1/pods?labelSelector=a+in+%28b%2Cc%29',
      'Bearer first',
      'berth/test',
      'identity',
    ]);
  });

  it('that found nobody was not sent', async () => {
    const bench = await against(() => {});
    const { port } = bench;
    await bench[Symbol.asyncDispose]();
    const source = { kubeconfig: kubeconfig(port, 'first') };
    const lonely = await connect({ source, role: 'test', clock: systemClock });
    await assert.rejects(lonely.request(get), NotSent);
    await lonely.close();
  });

  it('whose connection broke after it left has lost its answer', async () => {
    await using bench = await against(request => request.socket.destroy());
    await assert.rejects(bench.client.request({ ...get, method: 'PATCH', body: '{}' }), AnswerLost);
  });

  it('whose answer broke off in the middle has lost it', async () => {
    await using bench = await against((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
    });
    await assert.rejects(bench.client.request(get), AnswerLost);
  });

  it('that is not permitted any more when its turn comes does not leave', async () => {
    let arrived = 0;
    await using bench = await against((_, response) => {
      arrived += 1;
      response.end();
    });
    await assert.rejects(bench.client.request({ ...get, permitted: () => false }), NotSent);
    assert.equal(arrived, 0);
    await bench.client.request({ ...get, permitted: () => true });
    assert.equal(arrived, 1);
  });

  it('that is abandoned in flight has lost its answer, and the server sees that nobody waits for it', async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const ending = new AbortController();
    await using bench = await against((_, response) => {
      response.once('close', leave);
      ending.abort(new Error('leadership has ended'));
    });
    const { signal } = ending;
    await assert.rejects(bench.client.request({ ...get, method: 'PATCH', body: '{}', signal }), AnswerLost);
    await left;
  });

  it('that is abandoned before its turn comes does not leave', async () => {
    await using bench = await against((_, response) => response.end());
    const signal = AbortSignal.abort(new Error('leadership has ended'));
    await assert.rejects(bench.client.request({ ...get, method: 'PATCH', body: '{}', signal }), NotSent);
  });

  it('answered with 401 is repeated once, with credentials read afresh', async () => {
    await using bench = await against((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer second' ? 200 : 401).end();
    });
    kubeconfig(bench.port, 'second');
    assert.equal((await bench.client.request(get)).status, 200);
  });

  it('has the token that is in its file: the file is read again after a while', async t => {
    await using bench = await against(({ headers }, response) => response.end(headers.authorization));
    const tokenFile = join(folder, 'token');
    const path = join(folder, 'with-token-file.kubeconfig');
    writeFileSync(tokenFile, 'first');
    const config = JSON.parse(readFileSync(kubeconfig(bench.port, ''), 'utf8'));
    const user = { 'auth-provider': { name: 'file', config: { tokenFile } } };
    writeFileSync(path, JSON.stringify({ ...config, users: [{ name: 'u', user }] }));
    let elapsed = 0;
    const clock = { ...systemClock, monotonic: () => elapsed };
    t.mock.timers.enable({ apis: ['Date'] });
    const client = await connect({ source: { kubeconfig: path }, role: 'test', clock });
    const shown = async (): Promise<string> => (await client.request(get)).body.toString();
    assert.equal(await shown(), 'Bearer first');
    writeFileSync(tokenFile, 'second\n');
    assert.equal(await shown(), 'Bearer first');
    elapsed += 60_001;
    t.mock.timers.tick(60_001);
    assert.equal(await shown(), 'Bearer second');
    await client.close();
  });

  it('finds a server that has moved: files are read afresh while nobody is reached', async () => {
    const [old, moved] = [await against(() => {}), await against((_, response) => response.end('here'))];
    await old[Symbol.asyncDispose]();
    let elapsed = 0;
    const source = { kubeconfig: kubeconfig(old.port, 'first') };
    const clock = { ...systemClock, monotonic: () => elapsed };
    const client = await connect({ source, role: 'test', clock });
    await assert.rejects(client.request(get), NotSent);
    renameSync(kubeconfig(moved.port, 'first'), source.kubeconfig);
    elapsed += 60_001;
    assert.equal((await client.request(get)).body.toString(), 'here');
    await client.close();
    await moved[Symbol.asyncDispose]();
  });

  it('has one of 96 connections; the lease has its own', async () => {
    const waiting: ServerResponse[] = [];
    await using bench = await against(({ url }, response) => {
      if (url?.includes('leases')) response.end('lease');
      else waiting.push(response);
    });
    const calls = Array.from({ length: 100 }, () => bench.client.request(get));
    const lease = await bench.client.request({ ...get, path: '/leases', lane: 'lease' });
    assert.equal(lease.body.toString(), 'lease');
    assert.ok(waiting.length <= 96, `${waiting.length} at once`);
    const ended = Promise.all(calls);
    const answering = setInterval(() => waiting.shift()?.end(), 1);
    await ended;
    clearInterval(answering);
  });
});

const wholeOf = async (chunks: AsyncIterable<Buffer>): Promise<string> => {
  let text = '';
  for await (const chunk of chunks) text += chunk.toString();
  return text;
};

describe('a stream', () => {
  it('brings chunks as they come, and ends as the server ends it', async () => {
    await using bench = await against((_, response) => {
      response.writeHead(200);
      response.write('one', () => setImmediate(() => response.end('two')));
    });
    const { status, chunks } = await bench.client.stream(get);
    assert.equal(status, 200);
    assert.equal(await wholeOf(chunks), 'onetwo');
  });

  it('throws when it breaks', async () => {
    await using bench = await against((request, response) => {
      response.writeHead(200);
      response.write('one', () => setImmediate(() => request.socket.destroy()));
    });
    const { chunks } = await bench.client.stream(get);
    await assert.rejects(wholeOf(chunks), AnswerLost);
  });

  it('ends when the reader leaves, and when the signal says so', async () => {
    const closed: Promise<void>[] = [];
    await using bench = await against((request, response) => {
      closed.push(new Promise(resolve => request.socket.once('close', () => resolve())));
      response.writeHead(200);
      response.write('one');
    });
    for await (const _ of (await bench.client.stream(get)).chunks) break;
    const abort = new AbortController();
    const { chunks } = await bench.client.stream({ ...get, signal: abort.signal });
    abort.abort(new Error('enough'));
    await assert.rejects(wholeOf(chunks), /enough/);
    await Promise.all(closed);
    assert.equal(closed.length, 2);
  });
});
