import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { AnswerLost, type Client, type Stream } from '../../../kube/client.ts';
import { waitFor } from '../../cluster/deadline.ts';
import { podEvent, startToy, type Toy } from './toy.fixture.ts';
import { isWrite } from './traffic.ts';

const pods = '/api/v1/namespaces/default/pods';
const create = (client: Client, name: string) =>
  client.request({
    method: 'POST',
    path: pods,
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name } }),
  });
const get = (client: Client, signal?: AbortSignal) =>
  client.request({ method: 'GET', path: `${pods}/a`, ...(signal === undefined ? {} : { signal }) });
const created = (reached: readonly string[]) => reached.filter(line => line === `POST ${pods}`).length;

/** What a watch tells, e.g. `ADDED a`; ends with `end` or the error's name. */
class Told {
  readonly lines: string[] = [];

  constructor(stream: Stream) {
    void this.#read(stream);
  }

  async #read({ chunks }: Stream): Promise<void> {
    let text = '';
    try {
      for await (const chunk of chunks) {
        text += chunk.toString('utf8');
        const parts = text.split('\n');
        text = parts.pop() ?? '';
        this.lines.push(...parts.map(inShort));
      }
      this.lines.push('end');
    } catch (error) {
      this.lines.push(error instanceof Error ? error.name : String(error));
    }
  }

  until(count: number): Promise<readonly string[]> {
    return waitFor(`${count} lines on the watch; there are: ${this.lines.join(', ')}`, 3000, async () =>
      this.lines.length >= count ? this.lines : undefined,
    );
  }
}

const inShort = (line: string): string => {
  const { type, object } = JSON.parse(line) as { type: string; object: { code?: number; metadata: { name?: string } } };
  return `${type} ${object.code ?? object.metadata.name ?? ''}`.trim();
};

const watching = async ({ client, server }: Toy, query: Readonly<Record<string, string>> = {}): Promise<Told> => {
  const before = server.watches;
  const told = new Told(await client.stream({ method: 'GET', path: pods, query: { watch: 'true', ...query } }));
  if (!('sendInitialEvents' in query))
    await waitFor('the watch to reach the server', 3000, async () => server.watches > before || undefined);
  return told;
};

const [a, b, c] = [podEvent('ADDED', 'a', 1), podEvent('MODIFIED', 'a', 2), podEvent('ADDED', 'b', 3)];
const tell = ({ server }: Toy): void => {
  for (const event of [a, b, c]) server.tell(event);
};

test('without rules everything passes, as the user whom the proxy stands for', async () => {
  await using toy = await startToy();
  assert.equal((await create(toy.client, 'a')).status, 200);
  const told = await watching(toy);
  tell(toy);
  assert.deepEqual(await told.until(3), ['ADDED a', 'MODIFIED a', 'ADDED b']);
  assert.deepEqual([...toy.server.users], ['upstream']);
});

test('a request that fails before it takes effect does not reach the server, and one that fails after it does', async () => {
  await using toy = await startToy();
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'answer', when: 'before', status: 500 } });
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'answer', when: 'after', status: 503 } });
  assert.deepEqual([(await create(toy.client, 'a')).status, created(toy.server.reached)], [500, 0]);
  assert.deepEqual([(await create(toy.client, 'a')).status, created(toy.server.reached)], [503, 1]);
  assert.deepEqual([(await create(toy.client, 'a')).status, created(toy.server.reached)], [200, 2]);
});

test('a 429 says in header and body when to come back', async () => {
  await using toy = await startToy();
  toy.proxy.onRequest({ on: isWrite, fault: { do: 'answer', when: 'before', status: 429, retryAfterSeconds: 7 } });
  const { status, headers, body } = await create(toy.client, 'a');
  assert.deepEqual([status, headers['retry-after']], [429, '7']);
  assert.match(body.toString(), /"retryAfterSeconds":7/);
});

test('a reset loses the answer of a request that may have been carried out', async () => {
  await using toy = await startToy();
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'reset', when: 'before' } });
  await assert.rejects(create(toy.client, 'a'), AnswerLost);
  assert.equal(created(toy.server.reached), 0);
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'reset', when: 'after' } });
  await assert.rejects(create(toy.client, 'a'), AnswerLost);
  assert.equal(created(toy.server.reached), 1);
});

test('a held request goes on when it is let go; a delayed answer comes after the request has taken effect', async () => {
  await using toy = await startToy();
  const gate = Promise.withResolvers<void>();
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'wait', when: 'before', for: gate.promise } });
  const held = create(toy.client, 'a');
  assert.equal((await get(toy.client)).status, 200);
  assert.equal(created(toy.server.reached), 0);
  gate.resolve();
  assert.equal((await held).status, 200);
  const answer = Promise.withResolvers<void>();
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'wait', when: 'after', for: answer.promise } });
  const late = create(toy.client, 'a');
  await waitFor('the request to take effect', 3000, async () => created(toy.server.reached) === 2 || undefined);
  answer.resolve();
  assert.equal((await late).status, 200);
});

test('a black hole answers nothing and closes nothing', async () => {
  await using toy = await startToy();
  toy.proxy.onRequest({ on: ({ verb }) => verb === 'get', times: 1, fault: { do: 'black hole', when: 'before' } });
  await assert.rejects(get(toy.client, AbortSignal.timeout(200)), AnswerLost);
  assert.equal((await get(toy.client)).status, 200);
});

test('a crash ends the process before or after the write, which is told of nothing', async () => {
  await using toy = await startToy();
  const crashes: number[] = [];
  const crash = (): void => void crashes.push(created(toy.server.reached));
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'crash', when: 'before', crash } });
  await assert.rejects(create(toy.client, 'a'), AnswerLost);
  toy.proxy.onRequest({ on: isWrite, times: 1, fault: { do: 'crash', when: 'after', crash } });
  await assert.rejects(create(toy.client, 'a'), AnswerLost);
  assert.deepEqual(crashes, [0, 1]);
});

test('a chosen event is dropped, told twice, or held with all that follow it on its watch', async () => {
  await using toy = await startToy();
  const on = (event: typeof a): boolean => event.type === 'MODIFIED';
  const told = await watching(toy);
  toy.proxy.onEvent({ on, times: 1, fault: { do: 'drop' } });
  tell(toy);
  assert.deepEqual(await told.until(2), ['ADDED a', 'ADDED b']);
  toy.proxy.onEvent({ on, times: 1, fault: { do: 'duplicate' } });
  tell(toy);
  assert.deepEqual((await told.until(6)).slice(2), ['ADDED a', 'MODIFIED a', 'MODIFIED a', 'ADDED b']);
  const gate = Promise.withResolvers<void>();
  toy.proxy.onEvent({ on, times: 1, fault: { do: 'wait', for: gate.promise } });
  tell(toy);
  assert.deepEqual((await told.until(7)).slice(6), ['ADDED a']);
  const other = await watching(toy);
  toy.server.tell(c);
  assert.deepEqual(await other.until(1), ['ADDED b']);
  assert.equal(told.lines.length, 7);
  gate.resolve();
  assert.deepEqual((await told.until(10)).slice(7), ['MODIFIED a', 'ADDED b', 'ADDED b']);
});

test('a watch expires, ends, or is reset in the place of an event, or whenever somebody says so', async () => {
  await using toy = await startToy();
  const endings = [
    [{ do: 'expire' }, ['ADDED a', 'ERROR 410', 'end']],
    [{ do: 'end' }, ['ADDED a', 'end']],
  ] as const;
  for (const [fault, lines] of endings) {
    toy.proxy.onEvent({ on: ({ type }) => type === 'MODIFIED', times: 1, fault });
    const told = await watching(toy);
    tell(toy);
    assert.deepEqual(await told.until(lines.length), lines);
  }
  toy.proxy.onEvent({ on: ({ type }) => type === 'MODIFIED', times: 1, fault: { do: 'reset' } });
  const reset = await watching(toy);
  tell(toy);
  // What was sent just before a reset may be lost with it.
  await waitFor('the reset', 3000, async () => reset.lines.at(-1) === 'AnswerLost' || undefined);
  const expiring = await watching(toy);
  assert.equal(
    toy.proxy.expire(({ plural }) => plural === 'nodes'),
    0,
  );
  assert.equal(
    toy.proxy.expire(({ plural }) => plural === 'pods'),
    1,
  );
  assert.deepEqual(await expiring.until(2), ['ERROR 410', 'end']);
  const cut = await watching(toy);
  toy.proxy.cut(() => true);
  assert.deepEqual(await cut.until(1), ['AnswerLost']);
});

test('a watch in a black hole hears nothing more, and others go on', async () => {
  await using toy = await startToy();
  toy.proxy.onEvent({ on: ({ type }) => type === 'MODIFIED', times: 1, fault: { do: 'black hole' } });
  const told = await watching(toy);
  tell(toy);
  await told.until(1);
  const other = await watching(toy);
  tell(toy);
  await other.until(3);
  assert.deepEqual(told.lines, ['ADDED a']);
});

test('silence lets no byte pass and closes nothing; when it ends, silenced connections are reset', async () => {
  await using toy = await startToy();
  const told = await watching(toy);
  await get(toy.client);
  toy.proxy.silence();
  tell(toy);
  const lost = get(toy.client).catch((error: unknown) => error);
  assert.equal(await Promise.race([lost, after(200, 'silence')]), 'silence');
  assert.deepEqual(told.lines, []);
  toy.proxy.speak();
  assert.match(String(await lost), /ECONNRESET|closed/);
  assert.deepEqual(await told.until(1), ['AnswerLost']);
  assert.equal((await get(toy.client)).status, 200);
});

test('who begins to watch in the past is told what was there, and the rest when the past is over', async () => {
  await using toy = await startToy();
  const present = Promise.withResolvers<void>();
  toy.proxy.showPast('3', present.promise);
  const told = await watching(toy, { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' });
  assert.deepEqual(await told.until(2), ['ADDED old', 'BOOKMARK']);
  assert.equal(toy.server.watches, 0);
  present.resolve();
  await waitFor('the watch to go on', 3000, async () => toy.server.watches === 1 || undefined);
  toy.server.tell(a);
  assert.deepEqual((await told.until(3)).slice(2), ['ADDED a']);
});

test('witnesses see requests, answers and events, also those that the client never gets', async () => {
  await using toy = await startToy();
  const seen: string[] = [];
  toy.proxy.observe({
    asked: ({ verb, plural, name }) => seen.push(`asked ${verb} ${plural} ${name}`.trim()),
    answered: (_, { status }) => seen.push(`answered ${status}`),
    happened: ({ type }) => seen.push(type),
  });
  toy.proxy.onEvent({ on: () => true, fault: { do: 'drop' } });
  await create(toy.client, 'a');
  await watching(toy);
  toy.server.tell(a);
  await waitFor('the event', 3000, async () => seen.length === 4 || undefined);
  assert.deepEqual(seen, ['asked create pods a', 'answered 200', 'asked watch pods', 'ADDED']);
});

test('calm takes all rules away', async () => {
  await using toy = await startToy();
  const rule = toy.proxy.onRequest({ on: isWrite, fault: { do: 'answer', when: 'before', status: 500 } });
  assert.equal((await create(toy.client, 'a')).status, 500);
  toy.proxy.calm();
  assert.equal((await create(toy.client, 'a')).status, 200);
  assert.equal(rule.hits, 1);
});
