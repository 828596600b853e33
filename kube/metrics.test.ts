import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Registry } from 'prom-client';
import type { Action, Outcome, Resource } from './contract.ts';
import { openMetrics } from './metrics.ts';

const pods: Resource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  view: () => undefined,
  indexes: {},
};
const target = { resource: pods, namespace: 'default', name: 'web-0', uid: 'u', resourceVersion: '1' };
const evict: Action = { do: 'evict', target, why: 'a test' };

const linesOf = async (registry: Registry, prefix: string): Promise<readonly string[]> =>
  (await registry.metrics()).split('\n').filter(line => line.startsWith(prefix));

suite('metrics', () => {
  const pass = (...outcomes: readonly Outcome['is'][]) => ({
    controller: 'statefulset',
    key: 'default/web',
    millis: 2,
    plan: { actions: [] },
    outcomes: outcomes.map(is => ({ is, message: '' })) as Outcome[],
  });
  test('count passes by their worst outcome', async () => {
    const registry = new Registry();
    const metrics = openMetrics(registry);
    for (const outcomes of [[], ['done'], ['done', 'stale'], ['refused', 'failed']] as const) {
      metrics.passFinished(pass(...outcomes));
    }
    metrics.passThrew('statefulset', 'default/web', new Error('bug'));
    assert.deepEqual(await linesOf(registry, 'berth_passes_total{'), [
      'berth_passes_total{controller="statefulset",result="done"} 2',
      'berth_passes_total{controller="statefulset",result="stale"} 1',
      'berth_passes_total{controller="statefulset",result="failed"} 1',
      'berth_passes_total{controller="statefulset",result="threw"} 1',
    ]);
  });
  test('count writes by verb, resource and outcome, never by object', async () => {
    const registry = new Registry();
    const metrics = openMetrics(registry);
    const status: Action = {
      do: 'patch',
      target,
      part: 'status',
      patch: { as: 'json', ops: [] },
      guard: 'uid',
      why: 'a test',
    };
    for (const action of [evict, status]) {
      metrics.actionFinished({ controller: 'c', key: 'k', action, outcome: { is: 'done' }, millis: 10 });
    }
    assert.deepEqual(await linesOf(registry, 'berth_writes_total{'), [
      'berth_writes_total{controller="c",verb="evict",resource="pods",outcome="done"} 1',
      'berth_writes_total{controller="c",verb="patch",resource="pods/status",outcome="done"} 1',
    ]);
    assert.doesNotMatch(await registry.metrics(), /web-0/);
  });
  test('count reads, breaks and faults by resource', async () => {
    const registry = new Registry();
    const metrics = openMetrics(registry);
    metrics.synced(pods, 20);
    metrics.synced(pods, 21);
    metrics.reflectorBroke(pods, 'reset');
    metrics.storeFault('view', pods, { key: 'default/web', error: new Error('bug') });
    assert.deepEqual(await linesOf(registry, 'berth_syncs_total{'), ['berth_syncs_total{resource="pods"} 2']);
    assert.deepEqual(await linesOf(registry, 'berth_synced_objects{'), ['berth_synced_objects{resource="pods"} 21']);
    assert.deepEqual(await linesOf(registry, 'berth_watch_breaks'), ['berth_watch_breaks_total{resource="pods"} 1']);
    assert.deepEqual(await linesOf(registry, 'berth_store_faults'), [
      'berth_store_faults_total{what="view",resource="pods"} 1',
    ]);
  });
  test('count notices by reason, never by object', async () => {
    const registry = new Registry();
    openMetrics(registry).noticed('c', { about: target, type: 'Warning', reason: 'FieldsPruned', message: 'web-0' });
    assert.deepEqual(await linesOf(registry, 'berth_notices_total{'), [
      'berth_notices_total{controller="c",type="Warning",reason="FieldsPruned"} 1',
    ]);
  });
  test('count reviews by path and code, and time them in seconds', async () => {
    const registry = new Registry();
    openMetrics(registry).reviewAnswered({ path: '/mutate/pod', code: 200, millis: 2, decisions: [] });
    assert.deepEqual(await linesOf(registry, 'berth_reviews_total{'), [
      'berth_reviews_total{path="/mutate/pod",code="200"} 1',
    ]);
    assert.deepEqual(await linesOf(registry, 'berth_review_seconds_sum'), [
      'berth_review_seconds_sum{path="/mutate/pod"} 0.002',
    ]);
  });
  test('count what was decided, each decision by itself', async () => {
    const registry = new Registry();
    const decisions = [
      { result: 'injected', reason: 'Current' },
      { result: 'injected', reason: 'Current' },
      { result: 'skipped', reason: 'InjectionPaused' },
    ];
    openMetrics(registry).reviewAnswered({ path: '/mutate-pod', code: 200, millis: 2, decisions });
    assert.deepEqual(await linesOf(registry, 'berth_review_decisions_total{'), [
      'berth_review_decisions_total{path="/mutate-pod",result="injected",reason="Current"} 2',
      'berth_review_decisions_total{path="/mutate-pod",result="skipped",reason="InjectionPaused"} 1',
    ]);
  });
  suite('of objects', () => {
    const behind = (key: string, ...reasons: readonly string[]) => ({
      ...pass(),
      key,
      plan: { actions: [], reasons: reasons.map((reason, i) => ({ pods: [`default/p-${i}`], reason, message: '' })) },
    });
    const name = 'berth_pods_behind{';
    test('say how many pods have which reason, until the next pass says otherwise', async () => {
      const registry = new Registry();
      const metrics = openMetrics(registry);
      metrics.passFinished(behind('default/web', 'Paused', 'Paused', 'NotReady'));
      assert.deepEqual(await linesOf(registry, name), [
        'berth_pods_behind{controller="statefulset",object="default/web",reason="Paused"} 2',
        'berth_pods_behind{controller="statefulset",object="default/web",reason="NotReady"} 1',
      ]);
      metrics.passFinished(behind('default/web', 'Paused'));
      assert.deepEqual(await linesOf(registry, name), [
        'berth_pods_behind{controller="statefulset",object="default/web",reason="Paused"} 1',
      ]);
      metrics.passFinished(behind('default/web'));
      assert.deepEqual(await linesOf(registry, name), []);
    });
    test('go with the object, and with the leadership', async () => {
      const registry = new Registry();
      let leads = true;
      const metrics = openMetrics(registry, { isLeader: () => leads });
      for (const key of ['a', 'b']) metrics.passFinished(behind(key, 'Paused'));
      metrics.forgot('statefulset', 'a');
      assert.equal((await linesOf(registry, name)).length, 1);
      leads = false;
      assert.deepEqual(await linesOf(registry, name), []);
      leads = true;
      assert.deepEqual(await linesOf(registry, name), []);
    });
    test('name a thousand objects at most, and count the pods of all', async () => {
      const registry = new Registry();
      const metrics = openMetrics(registry);
      for (let i = 0; i < 1005; i += 1) metrics.passFinished(behind(`o-${i}`, 'Paused'));
      const lines = await linesOf(registry, name);
      assert.equal(lines.length, 1001);
      assert.equal(lines.at(-1), 'berth_pods_behind{controller="statefulset",object="",reason="Paused"} 5');
    });
    test('time a rollout when the status that ends it is stored', async () => {
      const registry = new Registry();
      const metrics = openMetrics(registry);
      const over = { ...pass(), plan: { actions: [], rolledOut: 45_000 } };
      metrics.passFinished(over);
      metrics.passFinished({ ...over, outcomes: [{ is: 'failed', message: '' }] });
      metrics.passFinished({ ...over, outcomes: [{ is: 'done' }] });
      assert.deepEqual(await linesOf(registry, 'berth_rollout_seconds_sum'), [
        'berth_rollout_seconds_sum{controller="statefulset"} 45',
      ]);
      assert.deepEqual(await linesOf(registry, 'berth_rollout_seconds_count'), [
        'berth_rollout_seconds_count{controller="statefulset"} 1',
      ]);
    });
  });
  test('ask who leads and what is queued when they are read', async () => {
    const registry = new Registry();
    let leads = false;
    openMetrics(registry, { isLeader: () => leads, queued: () => [['statefulset', 3]] });
    assert.deepEqual(await linesOf(registry, 'berth_leader '), ['berth_leader 0']);
    leads = true;
    assert.deepEqual(await linesOf(registry, 'berth_leader '), ['berth_leader 1']);
    assert.deepEqual(await linesOf(registry, 'berth_queued_keys{'), ['berth_queued_keys{controller="statefulset"} 3']);
  });
  test('ask how long each resource has been silent', async () => {
    const registry = new Registry();
    openMetrics(registry, { silences: () => [['pods', 1500]] });
    assert.deepEqual(await linesOf(registry, 'berth_watch_silence_seconds{'), [
      'berth_watch_silence_seconds{resource="pods"} 1.5',
    ]);
  });
  test('ask how many writes may be in flight, and how many wait', async () => {
    const registry = new Registry();
    openMetrics(registry, { throttle: { places: 20, waiting: 3 } });
    assert.deepEqual(await linesOf(registry, 'berth_write_window '), ['berth_write_window 20']);
    assert.deepEqual(await linesOf(registry, 'berth_writes_waiting '), ['berth_writes_waiting 3']);
  });
  test('have what Node tells of itself', async () => {
    const registry = new Registry();
    openMetrics(registry);
    assert.match(await registry.metrics(), /nodejs_eventloop_lag_seconds/);
  });
});
