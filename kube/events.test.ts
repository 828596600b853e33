import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failure, ScriptedApiserver } from '../test/support/apiserver/scripted.ts';
import { FakeClock } from '../test/support/clock.ts';
import { ConfigMap } from '../test/support/configMaps.ts';
import { quietLog } from '../test/support/quietLog.ts';
import { Throttle } from './act/throttle.ts';
import { newEvent, withinBytes } from './events/wire.ts';
import { type Happening, openRecorder } from './events.ts';

const happening: Happening = {
  about: { resource: ConfigMap, namespace: 'default', name: 'a', uid: 'u', resourceVersion: '5' },
  type: 'Normal',
  reason: 'Patched',
  action: 'patch',
  note: 'because it differed',
};

const reporter = { controller: 'apps.kruise.io/berth', instance: 'berth-0' };

const bench = () => {
  const server = new ScriptedApiserver();
  const clock = new FakeClock();
  // The server names what it is given only a prefix for.
  let named = 0;
  const create = server.request.bind(server);
  server.request = request => {
    const body = request.method === 'POST' ? JSON.parse(request.body ?? '') : undefined;
    if (body === undefined) return create(request);
    named += 1;
    body.metadata.name = `${body.metadata.generateName}${named}`;
    return create({ ...request, body: JSON.stringify(body) });
  };
  const recorder = openRecorder({ client: server, clock, log: quietLog, reporter, throttle: new Throttle({ clock }) });
  return {
    server,
    clock,
    recorder,
    sent: () => server.writes().map(({ method, body }) => [method, JSON.parse(body ?? '')]),
  };
};

describe('an event', () => {
  it('is written in the background', async () => {
    const { recorder, clock, server } = bench();
    recorder.record(happening);
    assert.equal(server.requests.length, 0);
    await clock.advance();
    const [request] = server.requests;
    assert.equal(request?.path, '/apis/events.k8s.io/v1/namespaces/default/events');
    assert.equal(request?.lane, 'events');
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { generateName: 'a-', namespace: 'default', name: 'a-1' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'apps.kruise.io/berth',
      reportingInstance: 'berth-0',
      action: 'patch',
      reason: 'Patched',
      type: 'Normal',
      note: 'because it differed',
      regarding: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'default',
        name: 'a',
        uid: 'u',
        resourceVersion: '5',
      },
    });
  });

  it('that is repeated becomes a count, written now and then', async () => {
    const { recorder, clock, sent } = bench();
    for (let i = 0; i < 50; i++) {
      recorder.record(happening);
      await clock.advance(100);
    }
    await clock.advance(10_000);
    assert.deepEqual(
      sent().map(([method]) => method),
      ['POST', 'PATCH'],
    );
    assert.deepEqual(sent().at(-1)?.[1], { series: { count: 50, lastObservedTime: '2026-01-01T00:00:10.000000Z' } });
  });

  it('that expired on the server begins anew', async () => {
    const { recorder, clock, server, sent } = bench();
    recorder.record(happening);
    await clock.advance();
    server.once(
      ({ method }) => method === 'PATCH',
      () => failure(404, 'NotFound'),
    );
    recorder.record(happening);
    await clock.advance(10_000);
    recorder.record(happening);
    await clock.advance(10_000);
    assert.deepEqual(
      sent().map(([method]) => method),
      ['POST', 'PATCH', 'POST'],
    );
  });

  it('is lost rather than kept for a server that is away', async () => {
    const { recorder, clock, server, sent } = bench();
    server.once(
      () => true,
      () => failure(503, 'ServiceUnavailable'),
    );
    recorder.record(happening);
    recorder.record({ ...happening, reason: 'Other' });
    await clock.advance(60_000);
    assert.deepEqual(
      sent().map(([, body]) => body.reason),
      ['Patched', 'Other'],
    );
  });

  it('is one of at most a thousand that wait', async () => {
    const { recorder, clock, server } = bench();
    for (let i = 0; i < 3000; i++) recorder.record({ ...happening, note: String(i) });
    await clock.advance(60_000);
    assert.equal(server.requests.length, 1000);
    recorder.record({ ...happening, note: 'later' });
    await clock.advance(1000);
    assert.equal(server.requests.length, 1001);
  });

  it('about a cluster-scoped object lives in namespace default', () => {
    const about = { ...happening.about, namespace: '' };
    assert.equal(
      (newEvent({ ...happening, about }, reporter, 0)['metadata'] as { namespace: string }).namespace,
      'default',
    );
  });
});

it('a note is cut to its bytes, never in the middle of a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 8, max: 20 }), (text, limit) => {
      const cut = withinBytes(text, limit);
      assert.ok(Buffer.byteLength(cut) <= Math.max(limit, 0), cut);
      assert.ok(cut === text || text.startsWith(cut.slice(0, -1)), JSON.stringify([text, cut]));
    }),
  );
});
