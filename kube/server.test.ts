import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { FakeClock } from '../test/support/clock.ts';
import { systemClock } from './clock.ts';
import { seconds } from './contract.ts';
import {
  get,
  type Line,
  lineTo,
  newMaterial,
  open,
  post,
  review,
  servingOf,
  startServer,
  stop,
} from './server/fixture.ts';
import { type PageServer, servePages } from './server.ts';

const connected = async (port: number): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  return socket;
};

/** The server learns of the end of a connection when it does. */
const untilServed = async (call: () => Promise<{ readonly status: number }>): Promise<void> => {
  for (let tries = 0; tries < 1000; tries += 1) {
    const status = await call().then(
      reply => reply.status,
      () => 0,
    );
    if (status === 200) return;
  }
  assert.fail('no call was served in 1000 tries');
};

suite('a webhook server', () => {
  test('speaks HTTP/1.1 although the caller would like h2', async () => {
    const started = await startServer();
    const { port, ca } = lineTo(started);
    const socket = connectTls({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2', 'http/1.1'] });
    await once(socket, 'secureConnect');
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
    await stop(started.server);
  });

  test('speaks no TLS older than 1.2', async () => {
    const started = await startServer();
    const { port, ca } = lineTo(started);
    const socket = connectTls({ host: '127.0.0.1', port, ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    const [error] = await once(socket, 'error');
    assert.match(String(error), /alert protocol version|unsupported protocol|no protocols available/i);
    await stop(started.server);
  });

  test('outlives callers that speak no TLS at all', async () => {
    const started = await startServer();
    const line = lineTo(started);
    const socket = connect({ host: '127.0.0.1', port: line.port });
    socket.on('error', () => {});
    socket.end('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    assert.equal((await post(line, '/mutate/pod', review)).status, 200);
    await stop(started.server);
  });

  test('lets one address hold so many connections, and ends the next before it costs anything', async () => {
    const started = await startServer({ mostConnections: 3 });
    const line = lineTo(started);
    assert.equal((await post(line, '/mutate/pod', review)).status, 200);
    const idle = await Promise.all([1, 2].map(() => connected(line.port)));
    const refused = connect({ host: '127.0.0.1', port: line.port });
    refused.on('error', () => {});
    await once(refused, 'close');
    assert.equal((await post(line, '/mutate/pod', review)).status, 200);
    const [first, second] = idle;
    const gone = once(first ?? refused, 'close');
    first?.destroy();
    await gone;
    const next = lineTo(started);
    await untilServed(() => post(next, '/mutate/pod', review));
    second?.destroy();
    await stop(started.server);
  });

  test('reads no more than 16 KiB of headers', async () => {
    const started = await startServer();
    const line = lineTo(started);
    const { status } = await post(line, '/mutate/pod', review, { headers: { 'x-odd': 'x'.repeat(17 * 1024) } });
    assert.equal(status, 431);
    assert.equal((await post(line, '/mutate/pod', review)).status, 200);
    await stop(started.server);
  });

  test('rejects when its port is taken', async () => {
    const { server } = await startServer();
    const address = { host: '127.0.0.1', port: server.port };
    await assert.rejects(servePages(address, { pages: () => {}, clock: systemClock }), /EADDRINUSE/);
    await stop(server);
  });
});

suite('a new certificate', () => {
  test('is shown to new connections while open ones go on, and no call fails', async () => {
    const started = await startServer();
    const second = await newMaterial();
    const ca = started.material['ca.crt'] + second['ca.crt'];
    const kept: Line = { ...lineTo(started), ca };
    const first = await post(kept, '/mutate/pod', review);
    const underWay = open(kept, '/mutate/pod');
    underWay.write(review.slice(0, 9));

    const statuses: number[] = [];
    let calling = true;
    const callers = [1, 2, 3].map(async () => {
      while (calling) statuses.push((await post({ ...lineTo(started), ca }, '/mutate/pod', review)).status);
    });
    started.server.present(servingOf(second));
    underWay.end(review.slice(9));
    assert.equal((await underWay.reply).serial, first.serial);

    const fresh = await post({ ...lineTo(started), ca }, '/mutate/pod', review);
    assert.notEqual(fresh.serial, first.serial);
    assert.equal((await post(kept, '/mutate/pod', review)).serial, first.serial);
    calling = false;
    await Promise.all(callers);
    assert.deepEqual([...new Set(statuses)], [200]);
    await stop(started.server);
  });

  test('that does not match its key is refused, and the old one goes on', async () => {
    const started = await startServer();
    const other = await newMaterial();
    const wrong = { certificate: other['tls.crt'], key: started.material['tls.key'] };
    assert.throws(() => started.server.present(wrong), /key values mismatch/);
    assert.equal((await post(lineTo(started), '/mutate/pod', review)).status, 200);
    await stop(started.server);
  });
});

suite('the end of a server', () => {
  test('is announced, then finishes what has begun', async () => {
    const clock = new FakeClock();
    const started = await startServer({ clock });
    const line = lineTo(started);
    const underWay = open(line, '/mutate/pod');
    underWay.write(review.slice(0, 9));
    assert.equal((await get(line, '/readyz')).status, 200);

    const ended = started.server.drain({ announce: 100, leave: 0, grace: seconds(10) });
    const unready = await get(line, '/readyz');
    assert.equal(unready.status, 503);
    assert.match(unready.body, /\[-\]accepting failed: shutting down/);
    await clock.advance(99);
    const late = await post(line, '/mutate/pod', review);
    assert.equal(late.status, 200);
    assert.equal(late.headers.connection, 'close');

    await clock.advance(1);
    // A connection that waits to be accepted at that moment is reset; a later one is refused.
    assert.match(await firstRefusal(line), /ECONNREFUSED|ECONNRESET|socket hang up/);
    underWay.end(review.slice(9));
    assert.equal((await underWay.reply).status, 200);
    await ended;
  });

  test('leaves it to callers to close idle connections: a call that comes on one at last is answered', async () => {
    const started = await startServer();
    const line = lineTo(started);
    assert.equal((await post(line, '/mutate/pod', review)).status, 200);
    let isOver = false;
    const ended = started.server.drain({ announce: 0, leave: seconds(10), grace: 0 }).then(() => {
      isOver = true;
    });
    assert.equal((await get(lineTo(started), '/readyz')).status, 503);
    assert.equal(isOver, false);
    const last = await post(line, '/mutate/pod', review);
    assert.deepEqual([last.status, last.headers.connection], [200, 'close']);
    await ended;
  });

  test('waits no longer than it is told for connections that nobody closes', async () => {
    const started = await startServer();
    assert.equal((await post(lineTo(started), '/mutate/pod', review)).status, 200);
    await started.server.drain({ announce: 0, leave: 50, grace: seconds(10) });
  });

  test('does not wait longer than the grace for a caller that never finishes', async () => {
    const started = await startServer();
    const stuck = open(lineTo(started), '/mutate/pod');
    stuck.write('{');
    await get(lineTo(started), '/healthz');
    const refused = assert.rejects(stuck.reply, /socket hang up|ECONNRESET/);
    await started.server.drain({ announce: 0, leave: 0, grace: 50 });
    await refused;
  });
});

/** Calls until the port is closed; fails if a call is answered otherwise than by 200. */
const firstRefusal = async (line: Line): Promise<string> => {
  const deadline = systemClock.monotonic() + seconds(10);
  while (systemClock.monotonic() < deadline) {
    const problem = await post(line, '/mutate/pod', review).then(({ status }) => assert.equal(status, 200), String);
    if (problem !== undefined) return problem;
  }
  return 'the port was still open after 10 s';
};

suite('pages', () => {
  let plain: PageServer;
  let started: Awaited<ReturnType<typeof startServer>>;
  before(async () => {
    started = await startServer();
    plain = await servePages(
      { host: '127.0.0.1', port: 0 },
      { pages: (_request, response) => response.end('hello'), clock: systemClock },
    );
  });
  after(async () => {
    await stop(started.server);
    await plain.close();
  });

  test('tell that the process lives', async () => {
    assert.equal((await get(lineTo(started), '/healthz')).status, 200);
  });
  test('tell check by check whether it is ready', async () => {
    let problem: string | undefined = 'pods are being read';
    started.health.add({ name: 'synced', problem: () => problem });
    const before = await get(lineTo(started), '/readyz');
    assert.equal(before.status, 503);
    assert.equal(before.body, '[+]certificate ok\n[+]accepting ok\n[-]synced failed: pods are being read\nnot ready\n');
    problem = undefined;
    assert.equal((await get(lineTo(started), '/readyz')).status, 200);
  });
  test('show metrics in the format of Prometheus', async () => {
    const { headers, status } = await get(lineTo(started), '/metrics');
    assert.equal(status, 200);
    assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
  });
  test('have an index, know nothing else, and do not say what serves them', async () => {
    const { body, headers } = await get(lineTo(started), '/');
    assert.match(body, /^berth test\n/);
    assert.equal('x-powered-by' in headers, false);
    assert.equal((await get(lineTo(started), '/debug')).status, 404);
  });
  test('are served over plain HTTP, too', async () => {
    const response = await fetch(`http://127.0.0.1:${plain.port}/`);
    assert.equal(await response.text(), 'hello');
  });
});
