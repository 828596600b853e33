import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, failure, notFound, type Script, ScriptedApiserver } from '../test/support/apiserver/scripted.ts';
import { FakeClock } from '../test/support/clock.ts';
import { aConfigMap, ConfigMap } from '../test/support/configMaps.ts';
import { actor } from './act.ts';
import { AnswerLost, NotSent, type Request } from './client.ts';
import {
  type Action,
  type KubeObject,
  type Op,
  type Outcome,
  type Resource,
  seenOf,
  targetOf,
  type Wire,
} from './contract.ts';
import { Store } from './store.ts';

class Bench {
  readonly server = new ScriptedApiserver();
  readonly store = new Store();
  readonly clock = new FakeClock();
  mayWrite = true;
  /** The object that actions are about, as the store shows it. */
  readonly object = this.given('a', { n: '1' });

  constructor() {
    this.store.register(ConfigMap);
    this.store.changed(ConfigMap, this.object);
  }

  given(name: string, data: Readonly<Record<string, string>>): KubeObject {
    return this.server.write(ConfigMap, aConfigMap(name, data));
  }

  /** Another client changes the object; the store does not know. */
  touchedByAnother(): KubeObject {
    return this.given('a', { n: 'theirs' });
  }

  async outcome(action: Action): Promise<Outcome> {
    const { server: client, store, clock } = this;
    const { signal } = new AbortController();
    const acting = actor({ client, store, clock, mayWrite: () => this.mayWrite, term: () => signal, signal })(action);
    await clock.advance(60_000);
    return acting;
  }

  seen(name = 'a'): string | undefined {
    return this.store.get(ConfigMap, `default/${name}`)?.data['n'];
  }

  asked(): readonly string[] {
    return this.server.requests.map(({ method }) => method);
  }

  next(method: Request['method'], script: Script): void {
    this.server.once(request => request.method === method, script);
  }
}

const setN: Op = { op: 'replace', path: '/data/n', value: 'ours' };

const patchOf = (
  object: KubeObject,
  ops: readonly Op[] = [setN],
  guard: 'uid and version' | 'uid' = 'uid and version',
): Action => ({
  do: 'patch',
  target: targetOf(ConfigMap, seenOf(object)),
  part: 'object',
  patch: { as: 'json', ops },
  guard,
  why: 'a test wants it',
});

/** Writes what it finds. */
const fromObject = (object: KubeObject): Action => ({
  ...asPatch(patchOf(object)),
  patch: {
    as: 'json',
    ops: [],
    opsFrom: ({ metadata: { name } }) => [{ op: 'replace', path: '/data/n', value: `of ${name}` }],
  },
});

const deleteOf = (object: KubeObject): Action => ({
  do: 'delete',
  target: targetOf(ConfigMap, seenOf(object)),
  why: 'a test',
});
const evictOf = (object: KubeObject): Action => ({
  do: 'evict',
  target: targetOf(ConfigMap, seenOf(object)),
  why: 'a test',
});
const createOf = (name: string): Action => {
  const { apiVersion, kind, metadata, ...rest } = aConfigMap(name, { n: 'ours' });
  return { do: 'create', resource: ConfigMap, object: { apiVersion, kind, metadata, ...rest }, why: 'a test' };
};

const withCauses = (...causes: readonly Wire[]): Wire => ({ details: { causes } });
const lost: Script = () => Promise.reject(new AnswerLost('reset'));
/** The server acts, and its answer is lost. */
const lostAfter: Script = (_, serve) => {
  serve();
  return Promise.reject(new AnswerLost('reset'));
};

describe('a patch', () => {
  it('is done, and the store shows it at once', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'done' });
    assert.equal(bench.seen(), 'ours');
  });

  it('carries its guards first', async () => {
    const bench = new Bench();
    await bench.outcome(patchOf(bench.object));
    const { uid, resourceVersion } = bench.object.metadata;
    assert.deepEqual(JSON.parse(bench.server.requests[0]?.body ?? ''), [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      setN,
    ]);
  });

  it('by strategic merge carries them in its body', async () => {
    const bench = new Bench();
    const { uid, resourceVersion } = bench.object.metadata;
    const body = { metadata: { labels: { a: 'b' } } };
    const action: Action = { ...asPatch(patchOf(bench.object)), patch: { as: 'strategic', body } };
    assert.deepEqual(await bench.outcome(action), { is: 'done' });
    const sent: unknown = JSON.parse(bench.server.requests[0]?.body ?? '');
    assert.deepEqual(sent, { metadata: { labels: { a: 'b' }, uid, resourceVersion } });
  });

  it('may be worked out from what the store does not keep', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.outcome(fromObject(bench.object)), { is: 'done' });
    assert.deepEqual(bench.asked(), ['GET', 'PATCH']);
    assert.equal(bench.seen(), 'of a');
  });

  it('that is to be worked out from a newer state is stale, and nothing is sent', async () => {
    const bench = new Bench();
    const action = fromObject(bench.object);
    bench.touchedByAnother();
    assert.deepEqual(await bench.outcome(action), { is: 'stale' });
    assert.deepEqual(bench.asked(), ['GET']);
    assert.equal(bench.seen(), 'theirs');
  });

  it('of an object that is gone is stale without being sent', async () => {
    const bench = new Bench();
    bench.next('GET', () => notFound('a'));
    assert.deepEqual(await bench.outcome(fromObject(bench.object)), { is: 'stale' });
    assert.deepEqual(bench.asked(), ['GET']);
    assert.equal(bench.seen(), undefined);
  });

  it('of an object that cannot be read now has failed', async () => {
    for (const script of [lost, () => failure(503, 'ServiceUnavailable')]) {
      const bench = new Bench();
      bench.next('GET', script);
      assert.equal((await bench.outcome(fromObject(bench.object))).is, 'failed');
      assert.deepEqual(bench.asked(), ['GET']);
    }
  });

  it('decided on an old state is stale, and the store shows the new one', async () => {
    const bench = new Bench();
    bench.touchedByAnother();
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'stale' });
    assert.equal(bench.seen(), 'theirs');
  });

  it('that the server stored unchanged is refused: no event will come of it', async () => {
    const bench = new Bench();
    const changeNothing: Op = { op: 'replace', path: '/data/n', value: '1' };
    const refused = {
      is: 'refused',
      message: 'the server stored it unchanged: it asks for what is there, or something on the way took it back',
    };
    assert.deepEqual(await bench.outcome(patchOf(bench.object, [changeNothing])), refused);
    bench.next('PATCH', (_, serve) => {
      serve();
      return answer(200, { kind: 'Status', status: 'Success' });
    });
    assert.deepEqual(await bench.outcome(patchOf(bench.object, [changeNothing])), refused);
  });

  it('of a status that the server stored unchanged is done: nobody waits for it', async () => {
    const bench = new Bench();
    const action: Action = { ...asPatch(patchOf(bench.object, [])), part: 'status' };
    assert.deepEqual(await bench.outcome(action), { is: 'done' });
  });

  it('that guards only the uid passes over other writers', async () => {
    const bench = new Bench();
    bench.touchedByAnother();
    assert.deepEqual(await bench.outcome(patchOf(bench.object, [setN], 'uid')), { is: 'done' });
  });

  it('of an object that is gone is stale, and the store forgets it', async () => {
    const bench = new Bench();
    bench.server.remove(ConfigMap, 'default', 'a');
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'stale' });
    assert.equal(bench.seen(), undefined);
  });

  it('of an object that has a successor is stale, and the store shows the successor', async () => {
    const bench = new Bench();
    bench.server.remove(ConfigMap, 'default', 'a');
    bench.given('a', { n: 'successor' });
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'stale' });
    assert.equal(bench.seen(), 'successor');
  });

  it('of a path that does not exist is refused: the object is as it was', async () => {
    const bench = new Bench();
    const outcome = await bench.outcome(patchOf(bench.object, [{ op: 'remove', path: '/data/absent' }]));
    assert.deepEqual(outcome, { is: 'refused', message: 'Invalid, says the server' });
    assert.deepEqual(bench.asked(), ['PATCH', 'GET']);
  });

  it('refused by a rule with causes is refused without a look', async () => {
    const bench = new Bench();
    bench.next('PATCH', () => failure(422, 'Invalid', withCauses({ reason: 'FieldValueForbidden', field: 'spec.x' })));
    assert.equal((await bench.outcome(patchOf(bench.object))).is, 'refused');
    assert.deepEqual(bench.asked(), ['PATCH']);
  });

  it('of another uid by merge is told by its cause', async () => {
    const bench = new Bench();
    bench.next('PATCH', () =>
      failure(422, 'Invalid', withCauses({ reason: 'FieldValueInvalid', field: 'metadata.uid' })),
    );
    bench.touchedByAnother();
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'stale' });
  });

  it('of a part that the server does not know is refused, and the object is not taken for gone', async () => {
    const bench = new Bench();
    bench.next('PATCH', () => failure(404, 'NotFound'));
    assert.equal((await bench.outcome(patchOf(bench.object))).is, 'refused');
    assert.equal(bench.seen(), '1');
  });

  it('forbidden is refused; too many requests, failed', async () => {
    const bench = new Bench();
    bench.next('PATCH', () => failure(403, 'Forbidden'));
    assert.equal((await bench.outcome(patchOf(bench.object))).is, 'refused');
    bench.next('PATCH', () => failure(429, 'TooManyRequests'));
    assert.equal((await bench.outcome(patchOf(bench.object))).is, 'failed');
  });

  it('by a server that does not know us for the moment has failed: no rule refused it', async () => {
    const bench = new Bench();
    bench.next('PATCH', () => failure(401, 'Unauthorized'));
    assert.equal((await bench.outcome(patchOf(bench.object))).is, 'failed');
  });
});

describe('an overloaded server', () => {
  const overloaded = { ...failure(429, 'TooManyRequests'), headers: { 'retry-after': '3' } };

  it('is left alone for as long as it asks', async () => {
    const bench = new Bench();
    bench.next('PATCH', () => overloaded);
    const { server: client, store, clock } = bench;
    const { signal } = new AbortController();
    const act = actor({ client, store, clock, mayWrite: () => true, term: () => signal, signal });
    const first = act(patchOf(bench.object));
    await clock.advance(0);
    assert.equal((await first).is, 'failed');
    const second = act(patchOf(bench.object));
    await clock.advance(2_999);
    assert.equal(client.writes().length, 1);
    await clock.advance(1);
    assert.equal((await second).is, 'done');
  });

  it('is none that refuses an eviction for a budget: other writes go on', async () => {
    const bench = new Bench();
    bench.next('POST', () => overloaded);
    const { server: client, store, clock } = bench;
    const { signal } = new AbortController();
    const act = actor({ client, store, clock, mayWrite: () => true, term: () => signal, signal });
    const refused = act(evictOf(bench.object));
    await clock.advance(0);
    assert.equal((await refused).is, 'refused');
    const written = act(patchOf(bench.object));
    await clock.advance(0);
    assert.equal((await written).is, 'done');
  });
});

const asPatch = (action: Action): Extract<Action, { do: 'patch' }> => {
  assert.equal(action.do, 'patch');
  return action;
};

describe('a creation', () => {
  it('is done, and the store shows it at once', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.outcome(createOf('new')), { is: 'done' });
    assert.equal(bench.seen('new'), 'ours');
  });

  it('of a name that is taken is stale: whose it is must be seen', async () => {
    const bench = new Bench();
    bench.given('taken', { n: 'theirs' });
    assert.deepEqual(await bench.outcome(createOf('taken')), { is: 'stale' });
    assert.equal(bench.seen('taken'), 'theirs');
  });

  it('in a namespace that does not exist is refused', async () => {
    const bench = new Bench();
    bench.next('POST', () => notFound('default'));
    assert.equal((await bench.outcome(createOf('new'))).is, 'refused');
  });
});

describe('a deletion', () => {
  it('is done, and the store forgets the object at once', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.outcome(deleteOf(bench.object)), { is: 'done' });
    assert.equal(bench.seen(), undefined);
    const { uid, resourceVersion } = bench.object.metadata;
    const sent: unknown = JSON.parse(bench.server.requests[0]?.body ?? '');
    const preconditions = { uid, resourceVersion };
    assert.deepEqual(sent, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy: 'Background' });
  });

  it('that a finalizer delays is done, and the store shows the object being deleted', async () => {
    const bench = new Bench();
    const draft = aConfigMap('a');
    const object = bench.server.write(ConfigMap, { ...draft, metadata: { ...draft.metadata, finalizers: ['x/y'] } });
    assert.deepEqual(await bench.outcome(deleteOf(object)), { is: 'done' });
    assert.equal(bench.store.get(ConfigMap, 'default/a')?.deleting, true);
  });

  it('of what is gone is done', async () => {
    const bench = new Bench();
    bench.server.remove(ConfigMap, 'default', 'a');
    assert.deepEqual(await bench.outcome(deleteOf(bench.object)), { is: 'done' });
    assert.equal(bench.seen(), undefined);
  });

  it('decided on an old state is stale', async () => {
    const bench = new Bench();
    bench.touchedByAnother();
    assert.deepEqual(await bench.outcome(deleteOf(bench.object)), { is: 'stale' });
    assert.equal(bench.seen(), 'theirs');
  });

  it('whose object has a successor meanwhile is done', async () => {
    const bench = new Bench();
    bench.server.remove(ConfigMap, 'default', 'a');
    bench.given('a', { n: 'successor' });
    assert.deepEqual(await bench.outcome(deleteOf(bench.object)), { is: 'done' });
    assert.equal(bench.seen(), 'successor');
  });
});

describe('an eviction', () => {
  it('is done when the object was looked at: its answer shows nothing', async () => {
    const bench = new Bench();
    bench.next('POST', (_, serve) => {
      serve();
      return answer(201, { kind: 'Status', status: 'Success' });
    });
    assert.deepEqual(await bench.outcome(evictOf(bench.object)), { is: 'done' });
    assert.deepEqual(bench.asked(), ['POST', 'GET']);
    assert.equal(bench.seen(), undefined);
  });

  it('carries its guards, as a deletion does', async () => {
    const bench = new Bench();
    bench.next('POST', () => answer(201, { kind: 'Status', status: 'Success' }));
    await bench.outcome(evictOf(bench.object));
    const { uid, resourceVersion } = bench.object.metadata;
    const { deleteOptions } = JSON.parse(bench.server.requests[0]?.body ?? '') as Wire;
    assert.deepEqual(deleteOptions, { preconditions: { uid, resourceVersion } });
  });

  it('against a budget is refused in the budget’s words', async () => {
    const bench = new Bench();
    bench.next('POST', () => failure(429, 'TooManyRequests', withCauses({ reason: 'DisruptionBudget' })));
    const outcome = await bench.outcome(evictOf(bench.object));
    assert.deepEqual(outcome, { is: 'refused', message: 'TooManyRequests, says the server' });
  });

  it('of a pod with two budgets, which the server answers with 500, has failed', async () => {
    const bench = new Bench();
    bench.next('POST', () => failure(500, 'InternalError'));
    assert.equal((await bench.outcome(evictOf(bench.object))).is, 'failed');
  });
});

describe('a lost answer', () => {
  it('to a patch that was written is stale, and the store shows it', async () => {
    const bench = new Bench();
    bench.next('PATCH', lostAfter);
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'stale' });
    assert.equal(bench.seen(), 'ours');
  });

  it('to a patch that was not written has failed', async () => {
    const bench = new Bench();
    bench.next('PATCH', lost);
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'failed', message: 'reset' });
  });

  it('to a creation that was written is stale', async () => {
    const bench = new Bench();
    bench.next('POST', lostAfter);
    assert.deepEqual(await bench.outcome(createOf('new')), { is: 'stale' });
    assert.equal(bench.seen('new'), 'ours');
  });

  it('to a deletion that was carried out is done', async () => {
    const bench = new Bench();
    bench.next('DELETE', lostAfter);
    assert.deepEqual(await bench.outcome(deleteOf(bench.object)), { is: 'done' });
    assert.equal(bench.seen(), undefined);
  });

  it('to a deletion that was not carried out has failed', async () => {
    const bench = new Bench();
    bench.next('DELETE', lost);
    assert.equal((await bench.outcome(deleteOf(bench.object))).is, 'failed');
  });

  it('is looked after until the server answers', async () => {
    const bench = new Bench();
    bench.next('PATCH', lostAfter);
    for (let i = 0; i < 3; i++) bench.next('GET', lost);
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'stale' });
    assert.deepEqual(bench.asked(), ['PATCH', 'GET', 'GET', 'GET', 'GET']);
  });

  it('about an object that we may not see has failed', async () => {
    const bench = new Bench();
    bench.next('PATCH', lost);
    bench.next('GET', () => failure(403, 'Forbidden'));
    const outcome = await bench.outcome(patchOf(bench.object));
    assert.deepEqual(outcome, {
      is: 'failed',
      message: 'reset; and it cannot be looked at: Forbidden, says the server',
    });
  });

  it('is looked after in JSON, so that an object whose protobuf nobody can read is not in doubt for ever', async () => {
    const bench = new Bench();
    const Compact: Resource = { ...ConfigMap, protobuf: { annotations: [], read: () => ({}) } };
    const unreadable = {
      status: 200,
      headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      body: Buffer.from('nonsense'),
    };
    bench.next('PATCH', (_, serve) => {
      serve();
      return unreadable;
    });
    for (let i = 0; i < 100; i++)
      bench.next('GET', ({ accept = '' }, serve) => (/protobuf/.test(accept) ? unreadable : serve()));
    const action = asPatch(patchOf(bench.object));
    const outcome = await bench.outcome({ ...action, target: { ...action.target, resource: Compact } });
    assert.deepEqual(outcome, { is: 'stale' });
  });

  it('keeps no place while its object is in doubt: others are written', async () => {
    const bench = new Bench();
    const { server: client, store, clock } = bench;
    const inDoubt = Array.from({ length: 100 }, (_, i) => bench.given(`doubtful-${i}`, { n: '1' }));
    for (let i = 0; i < 10_000; i++)
      client.once(
        ({ path }) => path.includes('doubtful'),
        () => failure(500, 'InternalError'),
      );
    const ending = new AbortController();
    const act = actor({ client, store, clock, mayWrite: () => true, term: () => ending.signal, signal: ending.signal });
    const doubtful = Promise.allSettled(inDoubt.map(object => act(patchOf(object))));
    await clock.advance(0);
    const outcomes: Outcome[] = [];
    void act(patchOf(bench.object)).then(outcome => outcomes.push(outcome));
    await clock.advance(5000);
    assert.deepEqual(outcomes, [{ is: 'done' }]);
    ending.abort(new Error('the test ends'));
    await clock.advance(0);
    await doubtful;
  });

  it('is also a 5xx: the write may have been done before', async () => {
    const bench = new Bench();
    bench.next('PATCH', (_, serve) => {
      serve();
      return failure(504, 'Timeout');
    });
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'stale' });
  });
});

describe('a request that was not sent', () => {
  it('has failed without a look', async () => {
    const bench = new Bench();
    bench.next('PATCH', () => Promise.reject(new NotSent('refused')));
    assert.deepEqual(await bench.outcome(patchOf(bench.object)), { is: 'failed', message: 'refused' });
    assert.deepEqual(bench.asked(), ['PATCH']);
  });

  it('asks whether it may be written at the last moment', async () => {
    const bench = new Bench();
    await bench.outcome(patchOf(bench.object));
    const permitted = bench.server.requests[0]?.permitted;
    assert.equal(permitted?.(), true);
    bench.mayWrite = false;
    assert.equal(permitted?.(), false);
  });
});
