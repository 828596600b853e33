import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { largestReview } from '../admission.ts';
import { aWebhook, get, type Line, lineTo, open, post, review, startServer, stop } from './fixture.ts';

const path = '/mutate/pod?timeout=3s';

/** Runs against a server of its own. */
const serving =
  (
    options: Parameters<typeof startServer>[0],
    run: (line: Line, of: Awaited<ReturnType<typeof startServer>>) => Promise<void>,
  ) =>
  async () => {
    const started = await startServer(options);
    try {
      await run(lineTo(started), started);
    } finally {
      await stop(started.server);
    }
  };

suite('a review over TLS', () => {
  const patch = [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }] as const;
  const webhook = aWebhook({ is: 'allowed', patch, warnings: [] });
  test(
    'is answered as the webhook decides, and counted by path and code',
    serving({ webhook }, async (line, { calls }) => {
      const { status, headers, body } = await post(line, path, review);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/json');
      const { response } = JSON.parse(body) as { response: { patch: string } };
      assert.deepEqual(JSON.parse(Buffer.from(response.patch, 'base64').toString()), patch);
      const [call] = calls;
      assert.deepEqual([call?.path, call?.code, calls.length], ['/mutate/pod', 200, 1]);
    }),
  );
  test(
    'may come in many pieces, without telling its length',
    serving({}, async line => {
      const call = open(line, path);
      for (const char of review) call.write(char);
      call.end();
      assert.equal((await call.reply).status, 200);
    }),
  );
});

suite('what cannot be a review is refused before it is read', () => {
  const rows: readonly (readonly [name: string, options: object, status: number])[] = [
    ['another method', { method: 'PUT' }, 405],
    ['another content type', { headers: { 'content-type': 'application/yaml' } }, 415],
    ['no content type', { headers: { 'content-type': '' } }, 415],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415],
  ];
  for (const [name, options, status] of rows) {
    test(
      name,
      serving({ ready: () => assert.fail('went on') }, async line => {
        assert.equal((await post(line, path, review, options)).status, status);
      }),
    );
  }
  test(
    'GET',
    serving({}, async line => {
      assert.equal((await get(line, path)).status, 405);
    }),
  );
  test(
    'a charset beside the content type is fine',
    serving({}, async line => {
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      assert.equal((await post(line, path, review, { headers })).status, 200);
    }),
  );
});

suite('a body beyond the limit is a 413', () => {
  test(
    'when it says so at the beginning',
    serving({}, async line => {
      const call = open(line, path, { headers: { 'content-length': largestReview + 1 } });
      call.write('{');
      assert.equal((await call.reply).status, 413);
    }),
  );
  test(
    'when it turns out so',
    serving({}, async line => {
      const call = open(line, path);
      call.write(' '.repeat(largestReview + 1));
      assert.equal((await call.reply).status, 413);
    }),
  );
});

test(
  'a body that does not arrive within the caller’s own time-out is a 408',
  serving({}, async line => {
    const call = open(line, '/mutate/pod?timeout=50ms');
    call.write('{');
    assert.equal((await call.reply).status, 408);
  }),
);

test(
  'a caller that goes away leaves its room to others',
  serving({ mostRequests: 1 }, async (line, { calls }) => {
    const call = open(line, path);
    call.write('{');
    await untilRefused(line);
    const gone = assert.rejects(call.reply);
    line.agent.destroy();
    await gone;
    const refusals = calls.length;
    while (calls.length === refusals) await get(line, '/healthz');
    assert.equal((await post(line, path, review)).status, 200);
  }),
);

test(
  'over the greatest number of reviews at once, the next is told so at once, and the others are answered',
  serving({ mostRequests: 2 }, async line => {
    const held = [open(line, path), open(line, path)];
    for (const call of held) call.write(review.slice(0, 5));
    const refused = await untilRefused(line);
    assert.match(refused, /too many/);
    for (const call of held) call.end(review.slice(5));
    assert.deepEqual(
      (await Promise.all(held.map(({ reply }) => reply))).map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await post(line, path, review)).status, 200);
  }),
);

/** The held calls arrive when they do; from then on there is no room. */
const untilRefused = async (line: Line): Promise<string> => {
  for (let tries = 0; tries < 1000; tries += 1) {
    const { status, body } = await post(line, path, review);
    if (status === 503) return body;
  }
  return 'nothing was refused in 1000 calls';
};

test(
  'nothing is decided on half a picture',
  serving({ ready: () => false }, async line => {
    const { status, body } = await post(line, path, review);
    assert.equal(status, 503);
    assert.match(body, /not everything .* has been read yet/);
  }),
);

test(
  'a webhook that throws is a 500 in plain words, and logged',
  serving(
    {
      webhook: {
        ...aWebhook(),
        decide: () => {
          throw new Error('secret');
        },
      },
    },
    async (line, { logged }) => {
      const { status, headers, body } = await post(line, path, review);
      assert.equal(status, 500);
      assert.match(headers['content-type'] ?? '', /^text\/plain/);
      assert.doesNotMatch(body, /secret/);
      assert.deepEqual(logged, ['a webhook failed']);
    },
  ),
);
