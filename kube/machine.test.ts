import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, ScriptedApiserver } from '../test/support/apiserver/scripted.ts';
import { FakeClock } from '../test/support/clock.ts';
import { aConfigMap, ConfigMap, type ConfigMapView } from '../test/support/configMaps.ts';
import { frozen } from '../test/support/frozen.ts';
import { Ledger } from '../test/support/ledger.ts';
import { type Answer, AnswerLost } from './client.ts';
import {
  type Action,
  type Controller,
  controller,
  type Instant,
  itself,
  type Plan,
  type Reader,
  targetOf,
  type Wire,
  whenever,
} from './contract.ts';
import type { Happening } from './events.ts';
import { type Machine, type MachineOptions, startMachine } from './machine.ts';

/** A controller of ConfigMaps that plans what the test says. */
const planning = (
  plan: (view: ConfigMapView, reader: Reader, now: Instant) => Plan,
  more: Partial<Controller> = {},
): Controller => ({
  ...controller<{ view: ConfigMapView; reader: Reader }>({
    name: 'tested',
    reconciles: ConfigMap,
    wakesOn: [itself(ConfigMap)],
    reads: [],
    writes: [],
    observe: (key, reader) => {
      const view = reader.get(ConfigMap, key);
      return view === undefined ? undefined : { view, reader };
    },
    plan: ({ view, reader }, now) => plan(view, reader, now),
  }),
  ...more,
});

const set = (view: ConfigMapView, n: string, more: Partial<Action> = {}): Action =>
  ({
    do: 'patch',
    target: targetOf(ConfigMap, view),
    part: 'object',
    patch: { as: 'json', ops: [{ op: 'add', path: '/data/n', value: n }] },
    guard: 'uid and version',
    why: `n is to be ${n}`,
    ...more,
  }) as Action;

const nothing: Plan = { actions: [] };

class Bench {
  readonly server = new ScriptedApiserver();
  readonly clock = new FakeClock();
  readonly ledger = new Ledger();
  readonly told: Happening[] = [];

  start(controllers: readonly Controller[], more: Partial<MachineOptions> = {}): Machine {
    return startMachine({
      client: this.server,
      clock: this.clock,
      controllers,
      telemetry: this.ledger.telemetry,
      recorder: { record: happening => void this.told.push(happening) },
      random: () => 0.5,
      seal: frozen,
      ...more,
    });
  }

  write(name: string, data: Readonly<Record<string, string>> = {}, app = ''): void {
    this.server.write(ConfigMap, aConfigMap(name, data, app));
  }

  dataOf(name: string): unknown {
    return this.server.find(ConfigMap, 'default', name)?.['data'];
  }

  next(method: string, code: number, reason: string): void {
    this.server.once(
      request => request.method === method,
      () => failure(code, reason),
    );
  }
}

/** The next patch is answered when the returned function is called: as the server would, or as given. */
const slowPatch = (bench: Bench, given?: Answer): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.server.once(
    ({ method }) => method === 'PATCH',
    async (_, serve) => {
      await promise;
      return given ?? serve();
    },
  );
  return resolve;
};

describe('a controller', () => {
  it('begins with what was changed last, of each namespace in turn', async () => {
    const bench = new Bench();
    const put = (namespace: string, name: string): void => {
      const draft = aConfigMap(name, {});
      bench.server.write(ConfigMap, { ...draft, metadata: { ...draft.metadata, namespace } });
    };
    for (const [namespace, name] of [
      ['b', 'old'],
      ['a', 'old'],
      ['a', 'older'],
      ['a', 'new'],
      ['b', 'new'],
    ] as const)
      put(namespace, name);
    put('a', 'old');
    const planned: string[] = [];
    const machine = bench.start([
      planning(view => {
        planned.push(view.key);
        return nothing;
      }),
    ]);
    await bench.clock.advance(10);
    assert.deepEqual(planned, ['a/old', 'b/new', 'a/new', 'b/old', 'a/older']);
    await machine.stop();
  });

  it('is planned for every object once all is read, and for each change then', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    const machine = bench.start([planning(view => (view.data['n'] === '0' ? { actions: [set(view, '1')] } : nothing))]);
    assert.deepEqual(machine.missing(), ['configmaps']);
    await bench.clock.advance();
    await machine.synced;
    bench.write('b', { n: '0' });
    await bench.clock.advance(1000);
    assert.deepEqual([bench.dataOf('a'), bench.dataOf('b')], [{ n: '1' }, { n: '1' }]);
    assert.deepEqual(bench.ledger.outcomes(), ['done', 'done']);
    await machine.stop();
  });

  it('sees its own write in its next pass, although the watch is silent', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    const machine = bench.start([
      planning(view =>
        Number(view.data['n']) < 5 ? { actions: [set(view, String(Number(view.data['n']) + 1))] } : nothing,
      ),
    ]);
    await bench.clock.advance();
    bench.server.muteWatches();
    await bench.clock.advance(1000);
    assert.deepEqual(bench.dataOf('a'), { n: '5' });
    assert.deepEqual(bench.ledger.outcomes(), ['done', 'done', 'done', 'done', 'done']);
    await machine.stop();
  });

  it('plans one key at a time, and once more for all that happened meanwhile', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    const answered = slowPatch(bench);
    let passes = 0;
    const machine = bench.start([
      planning(view => {
        passes += 1;
        return view.data['n'] === '0' ? { actions: [set(view, '1', { guard: 'uid' })] } : nothing;
      }),
    ]);
    await bench.clock.advance();
    for (const n of ['0', '0', '0']) bench.write('a', { n, changed: 'yes' });
    await bench.clock.advance(1000);
    assert.equal(passes, 1);
    answered();
    await bench.clock.advance(1000);
    assert.equal(passes, 2);
    await machine.stop();
  });

  it('that throws loses only the one key, which is tried again later', async () => {
    const bench = new Bench();
    bench.write('bad');
    bench.write('good', { n: '0' });
    const machine = bench.start([
      planning(view => {
        if (view.name === 'bad') throw new Error('a bug');
        return view.data['n'] === '0' ? { actions: [set(view, '1')] } : nothing;
      }),
    ]);
    await bench.clock.advance(249);
    assert.deepEqual(bench.dataOf('good'), { n: '1' });
    assert.equal(bench.ledger.errors.length, 1);
    await bench.clock.advance(1);
    assert.equal(bench.ledger.errors.length, 2);
    await bench.clock.advance(500);
    assert.equal(bench.ledger.errors.length, 3);
    await machine.stop();
  });

  it('that throws for one object tells of it there, and is not made to throw faster by changes that nobody waits for', async () => {
    const bench = new Bench();
    bench.write('bad', { n: '0' });
    const anyChange = whenever(ConfigMap, view => [view.key]);
    const machine = bench.start([
      planning(
        () => {
          throw new Error('a bug');
        },
        { wakesOn: [anyChange] },
      ),
    ]);
    await bench.clock.advance(10);
    for (let n = 1; n <= 20; n++) {
      bench.write('bad', { n: String(n) });
      await bench.clock.advance(10);
    }
    assert.equal(bench.ledger.errors.length, 1);
    await bench.clock.advance(40);
    assert.equal(bench.ledger.errors.length, 2);
    assert.deepEqual(
      bench.told.map(({ about, type, reason }) => [about.name, type, reason]),
      Array.from({ length: 2 }, () => ['bad', 'Warning', 'InternalError']),
    );
    await machine.stop();
  });

  it('throws again at once when the user changed the object, and works when that helped', async () => {
    const bench = new Bench();
    bench.write('bad', { n: '0' });
    const itsData = { ...itself(ConfigMap), urgent: () => true };
    const machine = bench.start([
      planning(
        view => {
          if (view.data['n'] === '0') throw new Error('a bug');
          return view.data['n'] === 'fixed' ? { actions: [set(view, 'done')] } : nothing;
        },
        { wakesOn: [itsData] },
      ),
    ]);
    await bench.clock.advance(10);
    bench.write('bad', { n: 'fixed' });
    await bench.clock.advance(10);
    assert.deepEqual(bench.dataOf('bad'), { n: 'done' });
    assert.equal(bench.ledger.errors.length, 1);
    await machine.stop();
  });

  it('is told of an object whose view throws, and works with the others', async () => {
    const bench = new Bench();
    const Fragile: typeof ConfigMap = {
      ...ConfigMap,
      view: object => {
        if (object.metadata.name === 'bad') throw new Error('a bug');
        return ConfigMap.view(object);
      },
    };
    const seen: string[] = [];
    bench.write('bad');
    bench.write('good');
    const machine = bench.start([
      {
        ...planning(() => nothing, { reconciles: Fragile, wakesOn: [itself(Fragile)] }),
        pass: key => {
          seen.push(key);
          return nothing;
        },
      },
    ]);
    await bench.clock.advance(10);
    assert.deepEqual(seen, ['default/good']);
    assert.deepEqual(bench.ledger.errors, ['view default/bad: Error: a bug']);
    assert.deepEqual(
      bench.told.map(({ about, reason }) => [about.name, reason]),
      [['bad', 'InternalError']],
    );
    await machine.stop();
  });

  it('whose trigger throws does not keep others from waking', async () => {
    const bench = new Bench();
    const broken = whenever(ConfigMap, () => {
      throw new Error('a bug');
    });
    const seen: string[] = [];
    const machine = bench.start([
      planning(() => nothing, { name: 'broken', wakesOn: [broken] }),
      planning(view => {
        seen.push(view.name);
        return nothing;
      }),
    ]);
    await bench.clock.advance();
    bench.write('a');
    await bench.clock.advance(10);
    assert.deepEqual(seen, ['a']);
    assert.deepEqual(bench.ledger.errors, ['subscriber default/a: Error: a bug']);
    await machine.stop();
  });

  it('whose trigger throws for one object begins with the others', async () => {
    const bench = new Bench();
    for (const name of ['good', 'bad', 'fine']) bench.write(name);
    const picky = whenever(ConfigMap, ({ key, name }) => {
      if (name === 'bad') throw new Error('a bug');
      return [key];
    });
    const planned: string[] = [];
    const machine = bench.start([
      planning(
        view => {
          planned.push(view.name);
          return nothing;
        },
        { wakesOn: [picky] },
      ),
    ]);
    await bench.clock.advance(10);
    assert.deepEqual(planned, ['fine', 'good']);
    assert.deepEqual(new Set(bench.ledger.errors), new Set(['subscriber default/bad: Error: a bug']));
    await machine.stop();
  });

  it('is woken for the owner before a change, too', async () => {
    const bench = new Bench();
    bench.write('one');
    bench.write('two');
    bench.write('pod', {}, 'one');
    const seen: string[] = [];
    const byApp = whenever(ConfigMap, ({ app }) => (app === '' ? [] : [`default/${app}`]));
    const machine = bench.start([
      planning(
        view => {
          seen.push(view.name);
          return nothing;
        },
        { wakesOn: [byApp] },
      ),
    ]);
    await bench.clock.advance();
    seen.length = 0;
    bench.write('pod', {}, 'two');
    await bench.clock.advance(10);
    assert.deepEqual(seen.toSorted(), ['one', 'two']);
    await machine.stop();
  });

  it('is woken when its plan may change by time alone', async () => {
    const bench = new Bench();
    bench.write('a');
    const passes: Instant[] = [];
    const machine = bench.start([
      planning((_, __, now) => {
        passes.push(now);
        return passes.length < 3 ? { actions: [], wakeAfter: 5000 } : nothing;
      }),
    ]);
    await bench.clock.advance(60_000);
    assert.deepEqual(
      passes.map(at => at - (passes[0] ?? 0)),
      [0, 5000, 10_000],
    );
    await machine.stop();
  });

  it('whose plan asks for another pass at once, or at no time at all, does not run hot', async () => {
    for (const wakeAfter of [0, -5, Number.NaN]) {
      const bench = new Bench();
      bench.write('a');
      let passes = 0;
      const machine = bench.start([
        planning(() => {
          passes += 1;
          return passes < 10_000 ? { actions: [], wakeAfter } : nothing;
        }),
      ]);
      await bench.clock.advance(1000);
      assert.ok(passes > 1 && passes <= 11, `${passes} passes in a second`);
      await machine.stop();
    }
  });

  it('may keep what no apiserver has', async () => {
    const bench = new Bench();
    const Local = { ...ConfigMap, plural: 'locals' };
    const seen: string[] = [];
    const local = planning(() => nothing, {
      reconciles: Local,
      wakesOn: [itself(Local)],
      pass: key => {
        seen.push(key);
        return nothing;
      },
    });
    const machine = bench.start([local], { local: [Local] });
    await machine.synced;
    machine.store.keep(Local, { ...viewOf('mine'), key: 'mine' });
    await bench.clock.advance(10);
    assert.deepEqual(seen, ['mine']);
    assert.deepEqual(bench.server.requests, []);
    await machine.stop();
  });
});

const viewOf = (name: string): ConfigMapView => ({
  key: `default/${name}`,
  namespace: 'default',
  name,
  uid: name,
  resourceVersion: '1',
  generation: 0,
  app: '',
  data: {},
  deleting: false,
});

describe('an outcome', () => {
  it('stale is planned again at once, on the new state', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    const machine = bench.start([planning(view => (view.data['n'] === '9' ? nothing : { actions: [set(view, '9')] }))]);
    bench.server.once(
      ({ method }) => method === 'PATCH',
      (_, serve) => {
        bench.write('a', { n: '0', theirs: 'kept' });
        return serve();
      },
    );
    await bench.clock.advance(0);
    assert.deepEqual(bench.ledger.outcomes(), ['stale', 'done']);
    assert.deepEqual(bench.dataOf('a'), { n: '9', theirs: 'kept' });
    await machine.stop();
  });

  it('stale again and again does not become a storm', async () => {
    const bench = new Bench();
    bench.write('a');
    bench.write('taken');
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'taken' } };
    const blind = planning(view =>
      view.name === 'a' ? { actions: [{ do: 'create', resource: ConfigMap, object, why: 'blind' }] } : nothing,
    );
    const machine = bench.start([blind]);
    await bench.clock.advance(10_000);
    assert.ok(bench.ledger.outcomes().every(is => is === 'stale'));
    assert.ok(bench.ledger.actions.length < 10, `${bench.ledger.actions.length} tries`);
    await machine.stop();
  });

  it('failed is tried again after growing delays', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    const machine = bench.start([planning(view => (view.data['n'] === '0' ? { actions: [set(view, '1')] } : nothing))]);
    for (let i = 0; i < 3; i++) bench.next('PATCH', 429, 'TooManyRequests');
    await bench.clock.advance(249);
    assert.equal(bench.ledger.actions.length, 1);
    await bench.clock.advance(1 + 500 + 1000);
    assert.deepEqual(bench.ledger.outcomes(), ['failed', 'failed', 'failed', 'done']);
    await machine.stop();
  });

  it('refused is told, and tried again slowly, but at any change', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    const machine = bench.start([
      planning(view => {
        const about = targetOf(ConfigMap, view);
        return {
          actions: view.data['n'] === '0' ? [set(view, '1', { tell: { about, done: 'Set', failed: 'NotSet' } })] : [],
        };
      }),
    ]);
    for (let i = 0; i < 2; i++) bench.next('PATCH', 403, 'Forbidden');
    await bench.clock.advance(29_000);
    assert.deepEqual(bench.ledger.outcomes(), ['refused']);
    bench.write('a', { n: '0', changed: 'yes' });
    await bench.clock.advance(1);
    assert.deepEqual(bench.ledger.outcomes(), ['refused', 'refused']);
    await bench.clock.advance(60_000);
    assert.deepEqual(bench.ledger.outcomes(), ['refused', 'refused', 'done']);
    assert.deepEqual(
      bench.told.map(({ type, reason, note }) => `${type} ${reason}: ${note}`),
      [
        'Warning NotSet: n is to be 1: Forbidden, says the server',
        'Warning NotSet: n is to be 1: Forbidden, says the server',
        'Normal Set: n is to be 1',
      ],
    );
    await machine.stop();
  });
});

describe('a claim', () => {
  /** Takes down one of its pods for each controller, but never while any is claimed. */
  const disrupting = (name: string, victimOf: 'first' | 'last' = 'first'): Controller =>
    planning(
      (view, reader) => {
        const pods = reader.by(ConfigMap, 'app', view.name);
        const unavailable = pods.filter(pod => pod.data['ready'] === 'no' || reader.claimOn(pod.uid) !== undefined);
        const victim = pods.filter(pod => pod.data['ready'] === 'yes').at(victimOf === 'first' ? 0 : -1);
        if (view.app !== '' || unavailable.length > 0 || victim === undefined) return nothing;
        return { actions: [notReady(victim)] };
      },
      { name, wakesOn: [itself(ConfigMap), whenever(ConfigMap, ({ app }) => (app === '' ? [] : [`default/${app}`]))] },
    );

  const notReady = (view: ConfigMapView): Action =>
    ({
      ...set(view, ''),
      patch: { as: 'json', ops: [{ op: 'add', path: '/data/ready', value: 'no' }] },
      disrupts: view.uid,
    }) as Action;

  const withPods = (bench: Bench): void => {
    bench.write('set');
    for (const pod of ['p1', 'p2', 'p3']) bench.write(pod, { ready: 'yes' }, 'set');
  };

  const down = (bench: Bench): number =>
    ['p1', 'p2', 'p3'].filter(pod => JSON.stringify(bench.dataOf(pod)).includes('no')).length;

  it('keeps two controllers from spending one budget twice', async () => {
    const bench = new Bench();
    withPods(bench);
    const answered = slowPatch(bench);
    const machine = bench.start([disrupting('one'), disrupting('two', 'last')]);
    await bench.clock.advance(1000);
    answered();
    await bench.clock.advance(60_000);
    assert.equal(down(bench), 1);
    await machine.stop();
  });

  it('ends with its answer, and wakes who waited for the budget', async () => {
    const bench = new Bench();
    withPods(bench);
    const answered = slowPatch(bench, failure(403, 'Forbidden'));
    const machine = bench.start([disrupting('one'), disrupting('two')]);
    await bench.clock.advance(1000);
    answered();
    await bench.clock.advance(1000);
    assert.deepEqual(
      bench.ledger.actions.map(({ controller: by, outcome }) => `${by} ${outcome.is}`),
      ['one refused', 'two done'],
    );
    assert.equal(down(bench), 1);
    await machine.stop();
  });

  it('that ends in refusals again and again does not make controllers wake each other for ever', async () => {
    const bench = new Bench();
    withPods(bench);
    for (let i = 0; i < 1000; i++) bench.next('PATCH', 403, 'Forbidden');
    const machine = bench.start([disrupting('one'), disrupting('two')]);
    await bench.clock.advance(60_000);
    assert.ok(bench.ledger.actions.length <= 8, `${bench.ledger.actions.length} tries in a minute`);
    await machine.stop();
  });
});

it('a claim ends whatever goes wrong around its action', async () => {
  const bench = new Bench();
  bench.write('a', { n: '0' });
  const claimed: boolean[] = [];
  const disrupting = planning((view, reader) => {
    claimed.push(reader.claimOn(view.uid) !== undefined);
    return view.data['n'] === '0' ? { actions: [set(view, '1', { disrupts: view.uid })] } : nothing;
  });
  const telemetry = {
    ...bench.ledger.telemetry,
    actionFinished: () => {
      throw new Error('a bug');
    },
  };
  const machine = bench.start([disrupting], { telemetry });
  await bench.clock.advance(60_000);
  assert.deepEqual(claimed.slice(0, 2), [false, false]);
  await machine.stop();
});

describe('a status', () => {
  const counting = (is: (view: ConfigMapView) => Wire): Controller =>
    planning(view => ({
      actions: [],
      status: { target: targetOf(ConfigMap, view), was: statusOf(view), is: is(view) },
      notices: [{ about: targetOf(ConfigMap, view), type: 'Normal', reason: 'Counted', message: 'counted' }],
    }));
  // The scripted server keeps a status as any other field; the view shows it in `data`.
  const statusOf = (view: ConfigMapView): Wire => (view.data['status'] === undefined ? {} : { n: view.data['status'] });
  const patches = (bench: Bench): readonly unknown[] =>
    bench.server.writes().map(({ body }) => JSON.parse(body ?? '')[2]);

  it('is written whole where there was none, then key by key, and not at all if it is right', async () => {
    const bench = new Bench();
    bench.write('c', { n: '3', status: '3' });
    bench.write('b', { n: '2', status: '1' });
    bench.write('a', { n: '1' });
    const machine = bench.start([counting(view => ({ n: view.data['n'] }))]);
    bench.server.muteWatches();
    await bench.clock.advance(0);
    assert.deepEqual(patches(bench), [
      { op: 'add', path: '/status', value: { n: '1' } },
      { op: 'add', path: '/status/n', value: '2' },
    ]);
    assert.equal(bench.server.requests.find(({ method }) => method === 'PATCH')?.path.endsWith('/a/status'), true);
    await machine.stop();
  });

  it('is written at most every 250 ms, and then in its latest form', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0', status: '-' });
    const machine = bench.start([counting(view => ({ n: view.data['n'] }))]);
    await bench.clock.advance(0);
    for (let n = 1; n <= 100; n++) {
      bench.write('a', { n: String(n), status: '-' });
      await bench.clock.advance(10);
    }
    const written = patches(bench);
    assert.ok(written.length >= 4 && written.length <= 6, `${written.length} writes`);
    await bench.clock.advance(250);
    assert.deepEqual(patches(bench).at(-1), { op: 'add', path: '/status/n', value: '100' });
    await machine.stop();
  });

  it('is written at most every 250 ms also where every change is urgent', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0', status: '-' });
    const urgent = { ...itself(ConfigMap), urgent: () => true };
    const machine = bench.start([{ ...counting(view => ({ n: view.data['n'] })), wakesOn: [urgent] }]);
    await bench.clock.advance(0);
    for (let n = 1; n <= 100; n++) {
      bench.write('a', { n: String(n), status: '-' });
      await bench.clock.advance(10);
    }
    const written = patches(bench);
    assert.ok(written.length >= 4 && written.length <= 6, `${written.length} writes`);
    await machine.stop();
  });

  it('says at once what was refused, though the next try is far off', async () => {
    const bench = new Bench();
    bench.write('a');
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'b' } };
    const creating = planning((view, reader) => ({
      actions: view.name === 'b' ? [] : [{ do: 'create', resource: ConfigMap, object, why: `${view.name} wants it` }],
      status: {
        target: targetOf(ConfigMap, view),
        was: {},
        is: { n: reader.refusalOn(ConfigMap, 'default/b')?.message },
      },
    }));
    bench.next('POST', 403, 'Forbidden');
    const machine = bench.start([creating]);
    bench.server.muteWatches();
    await bench.clock.advance(200);
    assert.deepEqual(bench.ledger.outcomes(), ['refused', 'done']);
    assert.deepEqual(patches(bench).at(-1), {
      op: 'add',
      path: '/status',
      value: { n: 'Forbidden, says the server' },
    });
    await machine.stop();
  });

  it('comes before the notices of what it shows', async () => {
    const bench = new Bench();
    bench.write('a', { n: '1' });
    bench.next('PATCH', 403, 'Forbidden');
    const machine = bench.start([counting(view => ({ n: view.data['n'] }))]);
    await bench.clock.advance(1000);
    assert.deepEqual(bench.told, []);
    await bench.clock.advance(30_000);
    assert.ok(bench.told.length > 0);
    await machine.stop();
  });
});

describe('leadership', () => {
  const writing = planning(view => (view.data['n'] === '0' ? { actions: [set(view, '1')] } : nothing));

  it('is needed for planning; who gains it reads afresh and plans all', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    let leads = false;
    const machine = bench.start([writing], { mayWrite: () => leads });
    await bench.clock.advance(1000);
    assert.deepEqual(bench.server.writes(), []);
    // The watch of the follower lags: it has not told of the former leader's last write.
    bench.server.muteWatches();
    bench.write('b', { n: '0' });
    leads = true;
    machine.lead('new');
    assert.deepEqual(machine.missing(), ['configmaps']);
    await bench.clock.advance(1000);
    assert.deepEqual([bench.dataOf('a'), bench.dataOf('b')], [{ n: '1' }, { n: '1' }]);
    await machine.stop();
  });

  it('begins without the delays that were earned when it was held before', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    let leads = true;
    const machine = bench.start([writing], { mayWrite: () => leads });
    for (let i = 0; i < 6; i++) bench.next('PATCH', 429, 'TooManyRequests');
    await bench.clock.advance(7000);
    assert.equal(bench.ledger.actions.length, 5);
    leads = false;
    await bench.clock.advance(60_000);
    leads = true;
    machine.lead('new');
    await bench.clock.advance(250);
    assert.deepEqual(bench.ledger.outcomes().slice(5), ['failed', 'done']);
    await machine.stop();
  });

  it('that is lost ends planning', async () => {
    const bench = new Bench();
    let leads = true;
    const machine = bench.start([writing], { mayWrite: () => leads });
    await bench.clock.advance(1000);
    leads = false;
    bench.write('a', { n: '0' });
    await bench.clock.advance(1000);
    assert.deepEqual(bench.server.writes(), []);
    await machine.stop();
  });

  /** The next patch hangs until it is abandoned. */
  const hangingPatch = (bench: Bench): void =>
    bench.server.once(
      ({ method }) => method === 'PATCH',
      ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new AnswerLost('abandoned')), { once: true });
        }),
    );

  it('that is lost abandons the writes in flight, and looks what has become of them', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    let leads = true;
    const machine = bench.start([writing], { mayWrite: () => leads });
    hangingPatch(bench);
    await bench.clock.advance(9_000);
    assert.deepEqual(bench.ledger.outcomes(), []);
    leads = false;
    machine.retreat();
    await bench.clock.advance(1000);
    assert.deepEqual(bench.ledger.outcomes(), ['failed']);
    assert.equal(bench.server.writes().length, 1);
    await machine.stop();
  });

  it('that comes back before anybody else had it reads nothing anew, and plans what happened meanwhile', async () => {
    const bench = new Bench();
    let leads = false;
    const machine = bench.start([writing], { mayWrite: () => leads });
    machine.retreat();
    bench.write('a', { n: '0' });
    await bench.clock.advance(15_000);
    const before = bench.server.requests.length;
    leads = true;
    machine.lead('same');
    await bench.clock.advance(1000);
    assert.deepEqual(bench.dataOf('a'), { n: '1' });
    const reads = bench.server.requests.slice(before).filter(({ method }) => method === 'GET');
    assert.deepEqual(
      reads.map(({ query }) => [query?.['watch'], query?.['sendInitialEvents'], query?.['resourceVersion']]),
      [['true', undefined, '101']],
    );
    await machine.stop();
  });

  it('that comes back does not trust the connections that there were', async () => {
    const bench = new Bench();
    const machine = bench.start([writing]);
    await bench.clock.advance(15_000);
    bench.server.muteWatches();
    machine.lead('same');
    await bench.clock.advance(1000);
    bench.write('a', { n: '0' });
    await bench.clock.advance(1000);
    assert.deepEqual(bench.dataOf('a'), { n: '1' });
    await machine.stop();
  });

  it('that comes back lets those go on that were only just begun', async () => {
    const bench = new Bench();
    const machine = bench.start([writing]);
    await bench.clock.advance(1000);
    machine.lead('same');
    await bench.clock.advance(1000);
    assert.equal(bench.server.requests.filter(({ query }) => query?.['watch'] === 'true').length, 1);
    await machine.stop();
  });
});

describe('a resource that cannot be read', () => {
  const Absent = { ...ConfigMap, plural: 'absents' };
  const noneOf = (bench: Bench, times: number): void => {
    for (let i = 0; i < times; i++)
      bench.server.once(
        ({ path }) => path.endsWith('/absents'),
        () => failure(404, 'NotFound'),
      );
  };
  const writing = planning(view => (view.data['n'] === '0' ? { actions: [set(view, '1')] } : nothing));

  it('stops only the controllers that read it', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    noneOf(bench, 3);
    const needs: string[] = [];
    const blind = planning(
      view => {
        needs.push(view.name);
        return nothing;
      },
      { name: 'blind', reads: [Absent] },
    );
    const machine = bench.start([writing, blind]);
    await bench.clock.advance(400);
    assert.deepEqual([bench.dataOf('a'), needs], [{ n: '1' }, []]);
    assert.deepEqual(machine.missing(), ['absents']);
    await bench.clock.advance(60_000);
    assert.deepEqual([needs, machine.missing()], [['a'], []]);
    await machine.stop();
  });

  it('is also not used by who comes to lead before it was read afresh', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    let leads = false;
    const machine = bench.start([planning(() => nothing, { reads: [Absent] }), writing], { mayWrite: () => leads });
    await bench.clock.advance(400);
    noneOf(bench, 1);
    leads = true;
    machine.lead('new');
    await bench.clock.advance(100);
    assert.deepEqual(
      bench.ledger.passes.map(pass => pass.plan.actions.length),
      [1, 0],
    );
    await machine.stop();
  });
});

describe('what is asked of a running machine', () => {
  it('is how many keys wait, by controller', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    bench.write('b', { n: '1' });
    const answered = slowPatch(bench);
    const machine = bench.start([planning(view => (view.data['n'] === '0' ? { actions: [set(view, '1')] } : nothing))]);
    await bench.clock.advance(10);
    assert.deepEqual(machine.queued(), [['tested', 1]]);
    answered();
    await bench.clock.advance(1000);
    assert.deepEqual(machine.queued(), [['tested', 0]]);
    await machine.stop();
  });

  it('is how long nothing was heard of a resource', async () => {
    const bench = new Bench();
    bench.write('a');
    const machine = bench.start([planning(() => nothing)]);
    await bench.clock.advance(100_000);
    assert.deepEqual(machine.silences(), [['configmaps', 100_000]]);
    bench.write('b');
    await bench.clock.advance(50);
    assert.deepEqual(machine.silences(), [['configmaps', 50]]);
    await machine.stop();
  });

  it('is which resources have fallen silent: the watchdog and one more attempt have not helped', async () => {
    const bench = new Bench();
    bench.write('a');
    const machine = bench.start([planning(() => nothing)]);
    await bench.clock.advance(0);
    bench.server.muteWatches();
    for (let i = 0; i < 20; i++)
      bench.server.once(
        ({ method }) => method === 'GET',
        () => failure(503, 'Unavailable'),
      );
    await bench.clock.advance(219_999);
    assert.deepEqual(machine.silent(), []);
    await bench.clock.advance(1);
    assert.deepEqual(machine.silent(), ['configmaps']);
    await bench.clock.advance(600_000);
    assert.deepEqual(machine.silent(), []);
    await machine.stop();
  });
});

describe('stopping', () => {
  const writing = planning(view => (view.data['n'] === '0' ? { actions: [set(view, '1')] } : nothing));

  it('waits for the answers of what is in flight', async () => {
    const bench = new Bench();
    bench.write('a', { n: '0' });
    const answered = slowPatch(bench);
    const machine = bench.start([writing]);
    await bench.clock.advance(10);
    let stopped = false;
    const stopping = machine.stop().then(() => {
      stopped = true;
    });
    await bench.clock.advance(10);
    assert.equal(stopped, false);
    answered();
    await bench.clock.advance(10);
    await stopping;
    assert.deepEqual(bench.ledger.outcomes(), ['done']);
  });

  it('sends nothing any more that still waits for a place', async () => {
    const bench = new Bench();
    const answers = Array.from({ length: 20 }, (_, i) => {
      bench.write(`a${i}`, { n: '0' });
      return slowPatch(bench);
    });
    for (let i = 0; i < 36; i++) bench.write(`b${i}`, { n: '0' });
    const machine = bench.start([writing]);
    await bench.clock.advance(10);
    const stopping = machine.stop();
    for (const answered of answers) answered();
    await bench.clock.advance(10);
    await stopping;
    assert.equal(bench.server.writes().length, 20);
    assert.deepEqual(Map.groupBy(bench.ledger.outcomes(), is => is).get('failed')?.length, 36);
  });
});
