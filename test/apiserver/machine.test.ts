/** The machine against a real apiserver: what its answers mean, and what survives when it goes away. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { Throttle } from '../../kube/act/throttle.ts';
import { actor } from '../../kube/act.ts';
import { connect } from '../../kube/client/connect.ts';
import type { Client, Request } from '../../kube/client.ts';
import { type Clock, systemClock } from '../../kube/clock.ts';
import {
  type Action,
  type Controller,
  controller,
  itself,
  type KubeObject,
  type Op,
  type Outcome,
  type Resource,
  type Seen,
  seenOf,
  type Target,
  targetOf,
  whenever,
} from '../../kube/contract.ts';
import { stand } from '../../kube/election.ts';
import { openRecorder } from '../../kube/events.ts';
import { startMachine } from '../../kube/machine.ts';
import { collectionPath, objectPath } from '../../kube/paths.ts';
import { Store } from '../../kube/store.ts';
import { asObject } from '../../kube/wire.ts';
import { waitFor } from '../cluster/deadline.ts';
import { clusterForTests } from '../cluster/shared.ts';
import type { Draft } from '../support/apiserver/scripted.ts';
import { aConfigMap, ConfigMap, type ConfigMapView } from '../support/configMaps.ts';
import { frozen } from '../support/frozen.ts';
import { Ledger } from '../support/ledger.ts';
import { quietLog } from '../support/quietLog.ts';
import { droppingProxy } from './droppingProxy.ts';

const cluster = await clusterForTests({ nodes: 1 });
const clientFor = (kubeconfig: string): Promise<Client> =>
  connect({ source: { kubeconfig }, role: 'test', clock: systemClock });
const client = await clientFor(cluster.kubeconfig);
after(() => client.close());

const Pod: Resource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  indexes: {},
  view: seenOf,
};

const objectOf = async (request: Request): Promise<KubeObject> => {
  const { status, body } = await client.request(request);
  const object = status < 300 ? asObject(JSON.parse(body.toString())) : undefined;
  if (object === undefined) throw new Error(`${request.method} ${request.path}: ${status} ${body.toString()}`);
  return object;
};

const create = (resource: Resource, draft: Draft): Promise<KubeObject> =>
  objectOf({
    method: 'POST',
    path: collectionPath(resource, draft.metadata.namespace ?? ''),
    contentType: 'application/json',
    body: JSON.stringify(draft),
  });

const find = (resource: Resource, name: string): Promise<KubeObject> =>
  objectOf({ method: 'GET', path: objectPath(resource, { namespace: 'default', name }) });

/** As another client would: without guards. */
const change = (resource: Resource, name: string, body: object): Promise<KubeObject> =>
  objectOf({
    method: 'PATCH',
    path: objectPath(resource, { namespace: 'default', name }),
    contentType: 'application/merge-patch+json',
    body: JSON.stringify(body),
  });

const remove = async (resource: Resource, name: string): Promise<void> => {
  await client.request({ method: 'DELETE', path: objectPath(resource, { namespace: 'default', name }) });
};

const aPod = (name: string, labels: Readonly<Record<string, string>> = {}): Draft => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'local.test/app:v1' }] },
});

const untilReady = (name: string): Promise<KubeObject> =>
  waitFor(`pod ${name} to be ready`, 20_000, async () => {
    const pod = await find(Pod, name);
    const { conditions = [] } = (pod['status'] ?? {}) as { conditions?: { type: string; status: string }[] };
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ? pod : undefined;
  });

// ── One action at a time ──

const bench = (through: Client = client) => {
  const store = new Store({ seal: frozen });
  store.register(ConfigMap);
  store.register(Pod);
  const { signal } = new AbortController();
  const act = actor({ client: through, store, clock: systemClock, mayWrite: () => true, term: () => signal, signal });
  const known = (resource: Resource, object: KubeObject): Target => {
    store.put(resource, object);
    return targetOf(resource, seenOf(object));
  };
  return { store, act, known };
};

const patchOf = (target: Target, ...ops: readonly Op[]): Action => ({
  do: 'patch',
  target,
  part: 'object',
  patch: { as: 'json', ops },
  guard: 'uid and version',
  why: 'a test wants it',
});

const setN: Op = { op: 'add', path: '/data/n', value: 'ours' };

describe('a guarded patch', () => {
  it('is done, and its answer is what the store shows', async () => {
    const { store, act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, aConfigMap('done', { n: '0' })));
    assert.deepEqual(await act(patchOf(target, setN)), { is: 'done' });
    assert.equal(store.get(ConfigMap, 'default/done')?.data['n'], 'ours');
  });

  it('is stale when another wrote before, whatever else is wrong with it', async () => {
    const { store, act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, aConfigMap('stale', { n: '0' })));
    await change(ConfigMap, 'stale', { data: { n: 'theirs' } });
    assert.deepEqual(await act(patchOf(target, setN)), { is: 'stale' });
    assert.equal(store.get(ConfigMap, 'default/stale')?.data['n'], 'theirs');
    assert.deepEqual(await act(patchOf(target, { op: 'remove', path: '/data/absent' })), { is: 'stale' });
  });

  it('is stale when its object has a successor of the same name', async () => {
    const { store, act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, aConfigMap('reborn', { n: '0' })));
    await remove(ConfigMap, 'reborn');
    const { metadata } = await create(ConfigMap, aConfigMap('reborn', { n: 'successor' }));
    assert.deepEqual(await act(patchOf(target, setN)), { is: 'stale' });
    assert.equal(store.get(ConfigMap, 'default/reborn')?.uid, metadata.uid);
  });

  it('is stale when its object is gone', async () => {
    const { store, act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, aConfigMap('gone')));
    await remove(ConfigMap, 'gone');
    assert.deepEqual(await act(patchOf(target, setN)), { is: 'stale' });
    assert.equal(store.get(ConfigMap, 'default/gone'), undefined);
  });

  it('is refused when it does not fit the object that it was decided on', async () => {
    const { act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, aConfigMap('unfit', { n: '0' })));
    assert.equal((await act(patchOf(target, { op: 'remove', path: '/data/absent' }))).is, 'refused');
  });

  it('is refused by a rule, in the words of the rule', async () => {
    const { act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, { ...aConfigMap('ruled', { n: '0' }), immutable: true }));
    const outcome = await act(patchOf(target, { op: 'replace', path: '/data/n', value: 'ours' }));
    assert.equal(outcome.is, 'refused');
    assert.match('message' in outcome ? outcome.message : '', /immutable/);
  });

  it('of a condition, by strategic merge, has the same guards', async () => {
    const { act, known } = bench();
    const target = known(Pod, await create(Pod, { ...aPod('conditions'), spec: unschedulable }));
    const condition = { type: 'InPlaceUpdateReady', status: 'False' };
    const action: Action = {
      do: 'patch',
      target,
      part: 'status',
      patch: { as: 'strategic', body: { status: { conditions: [condition] } } },
      guard: 'uid and version',
      why: 'a test wants it',
    };
    const outcomes: Outcome[] = [];
    outcomes.push(await act(action)); // the scheduler may have been faster
    const fresh = targetOf(Pod, seenOf(await find(Pod, 'conditions')));
    outcomes.push(await act({ ...action, target: { ...fresh, uid: '00000000-0000-0000-0000-000000000000' } }));
    await change(Pod, 'conditions', { metadata: { labels: { touched: 'yes' } } });
    outcomes.push(await act({ ...action, target: fresh }));
    const [first, ...others] = outcomes.map(({ is }) => is);
    assert.match(first ?? '', /done|stale/);
    assert.deepEqual(others, ['stale', 'stale']);
  });
});

const unschedulable = {
  nodeSelector: { nowhere: 'yes' },
  containers: [{ name: 'main', image: 'local.test/app:v1' }],
};

describe('a creation', () => {
  it('of a name that is taken is stale, and the store shows whose it is', async () => {
    const { store, act } = bench();
    await create(ConfigMap, aConfigMap('taken', { n: 'theirs' }));
    const { metadata, ...rest } = aConfigMap('taken', { n: 'ours' });
    const action: Action = { do: 'create', resource: ConfigMap, object: { ...rest, metadata }, why: 'a test wants it' };
    assert.deepEqual(await act(action), { is: 'stale' });
    assert.equal(store.get(ConfigMap, 'default/taken')?.data['n'], 'theirs');
  });

  it('in a namespace that does not exist is refused', async () => {
    const { act } = bench();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'nowhere' } };
    assert.equal((await act({ do: 'create', resource: ConfigMap, object, why: 'a test wants it' })).is, 'refused');
  });
});

describe('a deletion', () => {
  it('is done when the object is gone, and the store knows', async () => {
    const { store, act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, aConfigMap('deleted')));
    assert.deepEqual(await act({ do: 'delete', target, why: 'a test wants it' }), { is: 'done' });
    assert.equal(store.get(ConfigMap, 'default/deleted'), undefined);
    assert.deepEqual(await act({ do: 'delete', target, why: 'a test wants it' }), { is: 'done' });
  });

  it('that a finalizer delays leaves the object, being deleted, in the store', async () => {
    const { store, act, known } = bench();
    const draft = aConfigMap('finalized');
    const finalized = { ...draft, metadata: { ...draft.metadata, finalizers: ['test.berth/hold'] } };
    const target = known(ConfigMap, await create(ConfigMap, finalized));
    assert.deepEqual(await act({ do: 'delete', target, why: 'a test wants it' }), { is: 'done' });
    assert.equal(store.get(ConfigMap, 'default/finalized')?.deleting, true);
    await change(ConfigMap, 'finalized', { metadata: { finalizers: null } });
  });

  it('of a running pod leaves it in the store until its containers have stopped', async () => {
    const { store, act, known } = bench();
    await create(Pod, aPod('running'));
    const target = known(Pod, await untilReady('running'));
    assert.deepEqual(await act({ do: 'delete', target, why: 'a test wants it' }), { is: 'done' });
    assert.notEqual(store.get(Pod, 'default/running'), undefined);
  });

  it('decided on an old state is stale', async () => {
    const { act, known } = bench();
    const target = known(ConfigMap, await create(ConfigMap, aConfigMap('kept')));
    await change(ConfigMap, 'kept', { data: { n: 'theirs' } });
    assert.deepEqual(await act({ do: 'delete', target, why: 'a test wants it' }), { is: 'stale' });
  });
});

describe('an eviction', () => {
  it('against a budget is refused in the budget’s words; without one it is done', async () => {
    const { act, known } = bench();
    const budget: Resource = { ...Pod, group: 'policy', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets' };
    await create(Pod, aPod('evicted', { app: 'evicted' }));
    await untilReady('evicted');
    await create(budget, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'evicted', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'evicted' } } },
    });
    await waitFor('the budget to be processed', 20_000, async () => {
      const { status } = await find(budget, 'evicted');
      return (status as { currentHealthy?: number } | undefined)?.currentHealthy === 1 || undefined;
    });
    const target = known(Pod, await find(Pod, 'evicted'));
    const outcome = await act({ do: 'evict', target, why: 'a test wants it' });
    assert.match(JSON.stringify(outcome), /refused.*disruption budget/);
    await remove(budget, 'evicted');
    await waitFor('the eviction to be let through', 20_000, async () => {
      const fresh = known(Pod, await find(Pod, 'evicted'));
      return (await act({ do: 'evict', target: fresh, why: 'a test wants it' })).is === 'done' || undefined;
    });
    assert.notEqual((await find(Pod, 'evicted')).metadata.deletionTimestamp, undefined);
  });
});

describe('a lost answer', () => {
  const server = new URL(cluster.admin.server);

  /** A client whose connections go through the proxy; one of them is open. */
  const behindProxy = async (port: number): Promise<Client> => {
    const path = `${cluster.folder}/proxied-${port}.kubeconfig`;
    writeFileSync(path, readFileSync(cluster.kubeconfig, 'utf8').replaceAll(server.host, `127.0.0.1:${port}`));
    const proxied = await clientFor(path);
    await proxied.request({ method: 'GET', path: '/version' });
    return proxied;
  };

  const losing = async (test: (proxied: ReturnType<typeof bench> & { readonly drop: () => void }) => Promise<void>) => {
    await using proxy = await droppingProxy({ host: server.hostname, port: Number(server.port) });
    const through = await behindProxy(proxy.port);
    try {
      await test({ ...bench(through), drop: () => proxy.dropNextAnswer() });
    } finally {
      await through.close();
    }
  };

  it('to a patch that was written is found out', () =>
    losing(async ({ store, act, known, drop }) => {
      const target = known(ConfigMap, await create(ConfigMap, aConfigMap('lost-patch', { n: '0' })));
      drop();
      assert.deepEqual(await act(patchOf(target, setN)), { is: 'stale' });
      assert.equal(store.get(ConfigMap, 'default/lost-patch')?.data['n'], 'ours');
    }));

  it('to a creation that was carried out is found out', () =>
    losing(async ({ store, act, drop }) => {
      const { metadata, ...rest } = aConfigMap('lost-create', { n: 'ours' });
      drop();
      const action: Action = {
        do: 'create',
        resource: ConfigMap,
        object: { ...rest, metadata },
        why: 'a test wants it',
      };
      assert.deepEqual(await act(action), { is: 'stale' });
      assert.equal(store.get(ConfigMap, 'default/lost-create')?.data['n'], 'ours');
    }));

  it('to a deletion that was carried out is found out', () =>
    losing(async ({ store, act, known, drop }) => {
      const target = known(ConfigMap, await create(ConfigMap, aConfigMap('lost-delete')));
      drop();
      assert.deepEqual(await act({ do: 'delete', target, why: 'a test wants it' }), { is: 'done' });
      assert.equal(store.get(ConfigMap, 'default/lost-delete'), undefined);
    }));
});

// ── The whole machine ──

/** Only what this controller may see: other tests work in the same namespace. */
const watched = (label: string): Resource<ConfigMapView> => ({
  ...ConfigMap,
  select: { namespace: 'default', labels: `test=${label}` },
});

const labelled = (label: string, name: string, data: Readonly<Record<string, string>> = {}, app = ''): Draft => {
  const draft = aConfigMap(name, data, app);
  return { ...draft, metadata: { ...draft.metadata, labels: { ...draft.metadata.labels, test: label } } };
};

const counting = (maps: Resource<ConfigMapView>): Controller =>
  controller<ConfigMapView>({
    name: 'counting',
    reconciles: maps,
    wakesOn: [itself(maps)],
    reads: [],
    writes: [],
    observe: (key, reader) => reader.get(maps, key),
    plan: view => {
      const n = Number(view.data['n']);
      const op: Op = { op: 'replace', path: '/data/n', value: String(n + 1) };
      return { actions: n < Number(view.data['upTo']) ? [patchOf(targetOf(maps, view), op)] : [] };
    },
  });

const until = (what: string, holds: () => boolean): Promise<true> =>
  waitFor(what, 30_000, async () => holds() || undefined);

describe('the machine', () => {
  it('streams the first state, sees its own writes, and survives a killed apiserver', async () => {
    const maps = watched('survives');
    const asked: Request[] = [];
    const recording: Client = {
      ...client,
      request: r => client.request(r),
      stream: r => {
        asked.push(r);
        return client.stream(r);
      },
      close: async () => {},
    };
    await create(maps, labelled('survives', 'count', { n: '0', upTo: '20' }));
    const ledger = new Ledger();
    const machine = startMachine({
      client: recording,
      clock: systemClock,
      controllers: [counting(maps)],
      telemetry: ledger.telemetry,
      seal: frozen,
    });
    await machine.synced;
    assert.deepEqual(
      asked.map(({ query }) => query?.['sendInitialEvents']),
      ['true'],
    );
    const n = (): string | undefined => machine.store.get(maps, 'default/count')?.data['n'];
    await until('20 counted', () => n() === '20');
    assert.deepEqual(new Set(ledger.outcomes()), new Set(['done']));

    await cluster.apiServer.kill();
    await cluster.apiServer.restart();
    await change(maps, 'count', { data: { upTo: '25' } });
    await until('25 counted after the restart', () => n() === '25');
    await change(maps, 'count', { metadata: { labels: { test: null } } });
    await until('what is no longer selected to be gone', () => n() === undefined);
    await machine.stop();
  });

  it('with two controllers on one budget never spends it twice', async () => {
    const maps = watched('budget');
    const pods = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
    await create(maps, labelled('budget', 'set'));
    for (const pod of pods) await create(maps, labelled('budget', pod, { ready: 'yes', version: '1' }, 'set'));
    const machine = startMachine({
      client,
      clock: systemClock,
      controllers: [updating(maps, 'one', 0), updating(maps, 'two', -1)],
      seal: frozen,
    });
    let worst = 0;
    machine.store.subscribe(() => {
      worst = Math.max(worst, machine.store.by(maps, 'app', 'set').filter(isDown).length);
    });
    await machine.synced;
    await until('all pods updated, healed by their kubelet', () => {
      const all = machine.store.by(maps, 'app', 'set');
      for (const pod of all.filter(isDown)) heal(maps, pod.name);
      return all.length === pods.length && all.every(pod => pod.data['version'] === '2' && !isDown(pod));
    });
    assert.equal(worst, 2);
    await machine.stop();
  });
});

const healing = new Set<string>();

/** Plays the kubelet: a pod that was taken down comes up again. */
const heal = (maps: Resource, name: string): void => {
  if (healing.has(name)) return;
  healing.add(name);
  void change(maps, name, { data: { ready: 'yes' } }).finally(() => healing.delete(name));
};

const isDown = (pod: ConfigMapView): boolean => pod.data['ready'] === 'no';

/** Takes pods down for an update, at most two at a time by its own count of what is down or claimed. */
const updating = (maps: Resource<ConfigMapView>, name: string, from: 0 | -1): Controller =>
  controller<{ readonly pods: readonly ConfigMapView[]; readonly unavailable: number }>({
    name,
    reconciles: maps,
    wakesOn: [whenever(maps, ({ app }) => (app === '' ? [] : [`default/${app}`])), itself(maps)],
    reads: [],
    writes: [],
    observe: (key, reader) => {
      const set = reader.get(maps, key);
      if (set === undefined || set.app !== '') return undefined;
      const pods = reader.by(maps, 'app', set.name);
      return { pods, unavailable: pods.filter(pod => isDown(pod) || reader.claimOn(pod.uid) !== undefined).length };
    },
    plan: ({ pods, unavailable }) => {
      const next = pods.filter(pod => pod.data['version'] === '1' && !isDown(pod)).at(from);
      return { actions: next === undefined || unavailable >= 2 ? [] : [update(maps, next)] };
    },
  });

const update = (maps: Resource, pod: Seen): Action => ({
  ...patchOf(
    targetOf(maps, pod),
    { op: 'replace', path: '/data/ready', value: 'no' },
    { op: 'replace', path: '/data/version', value: '2' },
  ),
  disrupts: pod.uid,
});

describe('leader election', () => {
  it('lets one of two write, and hands over when it stops', async () => {
    const candidate = (identity: string) =>
      stand({
        client,
        clock: systemClock,
        log: quietLog,
        namespace: 'default',
        name: 'machine-test',
        identity,
        onGained: () => {},
        onLost: () => {},
      });
    const one = candidate('one');
    await until('the first to lead', () => one.mayWrite());
    const two = candidate('two');
    await one.stop();
    assert.equal(one.mayWrite(), false);
    await until('the second to lead', () => two.mayWrite());
    await two.stop();
  });
});

describe('an event', () => {
  it('is accepted, and counted when it happens again', async () => {
    const object = await create(ConfigMap, aConfigMap('eventful'));
    const reporter = { controller: 'apps.kruise.io/berth', instance: 'test' };
    const recorder = openRecorder({
      client,
      clock: hasty,
      log: quietLog,
      reporter,
      throttle: new Throttle({ clock: hasty }),
    });
    const about = targetOf(ConfigMap, seenOf(object));
    const tell = (): void =>
      recorder.record({ about, type: 'Normal', reason: 'Tested', action: 'test', note: 'a test' });
    tell();
    await untilEvents('one event', events => events.length === 1);
    tell();
    tell();
    await untilEvents('the event counted', ([event]) => event?.series?.count === 3);
    recorder.stop();
  });
});

/** A hundred times as fast, so that the test need not wait for what is written now and then. */
const hasty: Clock = {
  now: () => systemClock.now(),
  monotonic: () => 100 * systemClock.monotonic(),
  after: (delay, run) => systemClock.after(delay / 100, run),
};

interface Event {
  readonly series?: { readonly count: number };
}

const untilEvents = (what: string, holds: (events: readonly Event[]) => boolean): Promise<true> =>
  waitFor(what, 20_000, async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    const { body } = await client.request({ method: 'GET', path, query: { fieldSelector: 'reason=Tested' } });
    const { items } = JSON.parse(body.toString()) as { readonly items: readonly Event[] };
    return holds(items) || undefined;
  });
