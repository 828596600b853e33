import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ScriptedApiserver } from '../test/support/apiserver/scripted.ts';
import { FakeClock } from '../test/support/clock.ts';
import { quietLog } from '../test/support/quietLog.ts';
import { AnswerLost, type Client, NotSent } from './client.ts';
import { type Clock, microTimeOf } from './clock.ts';
import { type KubeObject, type Resource, seenOf } from './contract.ts';
import { type Election, stand, type Term } from './election.ts';

const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  indexes: {},
  view: seenOf,
};

/** One replica, whose network can be cut. */
class Replica {
  isCut = false;
  readonly history: string[] = [];
  readonly terms: Term[] = [];
  readonly election: Election;

  constructor(identity: string, server: ScriptedApiserver, clock: Clock) {
    const client: Client = {
      request: async request => {
        if (this.isCut) throw new NotSent('the network is cut');
        return server.request(request);
      },
      stream: request => server.stream(request),
      close: () => server.close(),
    };
    this.election = stand({
      client,
      clock,
      log: quietLog,
      namespace: 'berth-system',
      name: 'berth-controller',
      identity,
      onGained: term => {
        this.history.push('gained');
        this.terms.push(term);
      },
      onLost: () => void this.history.push('lost'),
    });
  }
}

class Bench {
  readonly server = new ScriptedApiserver();
  readonly clock = new FakeClock();

  replica(identity: string): Replica {
    return new Replica(identity, this.server, this.clock);
  }

  lease(): KubeObject['spec'] {
    return this.server.find(leases, 'berth-system', 'berth-controller')?.['spec'];
  }
}

describe('leader election', () => {
  it('makes the first candidate the leader, by a lease of 15 s', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance();
    assert.equal(one.election.mayWrite(), true);
    const now = microTimeOf(bench.clock.now());
    assert.deepEqual(bench.lease(), {
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      renewTime: now,
      acquireTime: now,
      leaseTransitions: 0,
    });
    assert.match(now, /^2026-01-01T00:00:00\.\d{6}Z$/);
  });

  it('keeps the leader as long as it renews', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance();
    const two = bench.replica('two');
    await bench.clock.advance(300_000);
    assert.deepEqual([one.history, two.history], [['gained'], []]);
    assert.equal(one.election.mayWrite(), true);
  });

  it('ends leadership 10 s after the last renewal, before anybody else may begin', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance();
    const two = bench.replica('two');
    await bench.clock.advance();
    one.isCut = true;
    await bench.clock.advance(9_999);
    assert.equal(one.election.mayWrite(), true);
    await bench.clock.advance(1);
    assert.deepEqual([one.election.mayWrite(), one.history], [false, ['gained', 'lost']]);
    await bench.clock.advance(4_999);
    assert.deepEqual(two.history, []);
    await bench.clock.advance(3_000);
    assert.deepEqual([two.election.mayWrite(), two.history], [true, ['gained']]);
  });

  it('finds, when it resumes from a freeze, that it may not write', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance();
    bench.clock.freeze(10_000);
    assert.equal(one.election.mayWrite(), false);
  });

  it('counts a renewal that came after the end as leadership lost and gained: what happened between was not heeded', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance(1_999);
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    bench.server.once(
      ({ method }) => method === 'PATCH',
      async (_, serve) => {
        const answer = serve();
        await answered;
        return answer;
      },
    );
    await bench.clock.advance(1);
    // The process resumes 10.5 s after its last renewal, and the answer is read before any timer fires.
    bench.clock.freeze(8_500);
    assert.equal(one.election.mayWrite(), false);
    resolve();
    await new Promise(done => setImmediate(done));
    assert.equal(one.election.mayWrite(), true);
    assert.deepEqual(one.history, ['gained', 'lost', 'gained']);
  });

  it('is in the same term when it comes back before anybody else has led', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance();
    one.isCut = true;
    await bench.clock.advance(60_000);
    one.isCut = false;
    await bench.clock.advance(3_000);
    assert.deepEqual(one.terms, ['new', 'same']);
  });

  it('is in a new term when somebody else has led meanwhile, also if the answer to taking the lease is lost', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance();
    const two = bench.replica('two');
    await bench.clock.advance();
    one.isCut = true;
    await bench.clock.advance(30_000);
    one.isCut = false;
    await bench.clock.advance(3_000);
    two.isCut = true;
    bench.server.once(
      ({ method }) => method === 'PATCH',
      (_, serve) => {
        serve();
        throw new AnswerLost('the connection broke');
      },
    );
    await bench.clock.advance(30_000);
    assert.deepEqual([one.terms, two.terms], [['new', 'new'], ['new']]);
  });

  it('does not believe the clocks of others', async () => {
    const bench = new Bench();
    const spec = { holderIdentity: 'one', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' };
    const metadata = { namespace: 'berth-system', name: 'berth-controller' };
    bench.server.write(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    const two = bench.replica('two');
    await bench.clock.advance(15_000);
    assert.equal(two.election.mayWrite(), false);
    await bench.clock.advance(2_000);
    assert.equal(two.election.mayWrite(), true);
  });

  it('hands over at once when the leader stops', async () => {
    const bench = new Bench();
    const one = bench.replica('one');
    await bench.clock.advance();
    const two = bench.replica('two');
    await bench.clock.advance();
    const stopped = one.election.stop();
    assert.equal(one.election.mayWrite(), true);
    await bench.clock.advance();
    await stopped;
    assert.equal(one.election.mayWrite(), false);
    await bench.clock.advance(2_000);
    assert.deepEqual(two.history, ['gained']);
    assert.equal((bench.lease() as { leaseTransitions?: number }).leaseTransitions, 1);
  });

  it('makes one leader of two that find the lease free at the same moment', async () => {
    const bench = new Bench();
    const metadata = { namespace: 'berth-system', name: 'berth-controller' };
    bench.server.write(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: {} });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    bench.server.once(
      ({ method }) => method === 'PATCH',
      async (_, serve) => {
        await held;
        return serve();
      },
    );
    const one = bench.replica('one');
    await bench.clock.advance();
    const two = bench.replica('two');
    await bench.clock.advance();
    release();
    await bench.clock.advance();
    assert.deepEqual([one.history, two.history], [[], ['gained']]);
  });

  it('one leader: never two that may write, whatever is cut and frozen', async () => {
    const fault = fc.record({ who: fc.nat(2), cut: fc.boolean(), for: fc.integer({ min: 100, max: 20_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 12 }), async faults => {
        const bench = new Bench();
        const replicas = ['a', 'b', 'c'].map(identity => bench.replica(identity));
        for (const { who, cut, for: length } of faults) {
          const replica = replicas[who];
          if (replica !== undefined) replica.isCut = cut;
          for (let passed = 0; passed < length; passed += 500) {
            await bench.clock.advance(500);
            const leading = replicas.filter(({ election }) => election.mayWrite()).length;
            assert.ok(leading <= 1, `${leading} leaders`);
          }
        }
        for (const replica of replicas) replica.isCut = false;
        await bench.clock.advance(20_000);
        assert.equal(replicas.filter(({ election }) => election.mayWrite()).length, 1);
      }),
      { numRuns: 40 },
    );
  });
});
