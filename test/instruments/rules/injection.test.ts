/** Rules about what the webhook does to new pods: each finds the story that breaks it, and is silent about one that does not. */

import { describe, test } from 'node:test';
import type { Wire } from '../../../kube/contract.ts';
import { Story } from '../story.fixture.ts';
import { breaks, breaksNothing } from '../verdict.fixture.ts';

const app: Wire = { name: 'app', image: 'app:v1', env: [{ name: 'ZONE', value: 'a' }] };
const mark = { name: 'IS_INJECTED', value: 'true' };
const log: Wire = { name: 'log', image: 'log:v1', env: [mark, { name: 'ZONE', value: 'a' }] };
const volumes = [{ name: 'logs', emptyDir: {} }];

/** A SidecarSet that has been active for long. */
const active = (): Story =>
  new Story()
    .write('Namespace', 'default', {})
    .write('SidecarSet', 'logs', {
      metadata: { generation: 1 },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        containers: [
          {
            name: 'log',
            image: 'log:v1',
            volumeMounts: [{ name: 'logs', mountPath: '/logs' }],
            transferEnv: [{ sourceContainerName: 'app', envName: 'ZONE' }],
          },
        ],
        volumes,
      },
      status: { observedGeneration: 1, conditions: [{ type: 'InjectionActive', status: 'True' }] },
    })
    .begins()
    .wait(10_000);

interface Made {
  readonly labels?: Wire;
  readonly injected?: string;
  readonly containers?: readonly Wire[];
  readonly volumes?: readonly Wire[];
  readonly asked?: Wire;
  readonly notes?: Wire;
}

const made = (story: Story, of: Made = {}): Story => {
  const { labels = { app: 'web' }, injected = 'logs', containers = [log, app] } = of;
  story.write('Pod', 'web-1', {
    metadata: { labels, annotations: { 'kruise.io/sidecarset-injected-list': injected, note: 'kept' } },
    spec: { containers, volumes: of.volumes ?? volumes },
  });
  const asked = of.asked ?? { metadata: { labels, annotations: { note: 'kept' } }, spec: { containers: [app] } };
  const event = { verb: 'create', userAgent: 'kubectl', requestObject: asked, annotations: of.notes ?? {} };
  return story.signed(event);
};

describe('injection complete', () => {
  test('all that the set adds is there', () => breaksNothing(made(active())));
  test('a pod starts without the set', () => {
    const story = made(active(), { injected: '', containers: [app], volumes: [] });
    breaks(story, 'injection complete', /web-1: SidecarSet logs is not in it/u);
  });
  for (const [what, of, sentence] of [
    ['no container', { containers: [app] }, /it has container log 0 times/u],
    ['a container twice', { containers: [log, log, app] }, /it has container log 2 times/u],
    ['another image', { containers: [{ ...log, image: 'log:v0' }, app] }, /its container log runs log:v0/u],
    ['the wrong place', { containers: [app, log] }, /its container log is not where BeforeAppContainer puts it/u],
    ['no volume', { volumes: [] }, /it has volume logs 0 times/u],
    ['a variable not taken over', { containers: [{ ...log, env: [mark] }, app] }, /log has not taken over ZONE/u],
  ] as const)
    test(what, () => breaks(made(active(), of), 'injection complete', sentence));
  test('a pod that another set, or none, selects is left alone', () => {
    breaksNothing(made(active(), { labels: { app: 'db' }, injected: '', containers: [app], volumes: [] }));
  });
  const bypassed = {
    injected: '',
    containers: [app],
    volumes: [],
    notes: { 'failed-open.mutation.webhook.admission.k8s.io/round_0_index_0': 'mpod.kb.io' },
  };
  const counts = (story: Story, uninjectedPods: number): Story =>
    story.write('SidecarSet', 'logs', { status: { uninjectedPods } });
  test('where no webhook answered, the pod is counted within 30 s', () => {
    breaksNothing(counts(made(active(), bypassed).wait(20_000), 0));
    breaksNothing(counts(made(active(), bypassed).wait(40_000), 1));
    breaks(
      counts(made(active(), bypassed).wait(40_000), 0),
      'injection complete',
      /counts 0 pods without it, and 1 have/u,
    );
  });
});

describe('harmless injection', () => {
  const metadata = { labels: { app: 'web' }, annotations: { note: 'kept' } };
  for (const [what, asked, sentence] of [
    [
      'a container',
      { spec: { containers: [app, { name: 'second', image: 'b' }] } },
      /with container second, which is gone/u,
    ],
    [
      'a field that nobody knows',
      { spec: { containers: [{ ...app, novel: { deep: 1 } }] } },
      /with container app, which/u,
    ],
    ['a label', { metadata: { labels: { app: 'web', team: 'a' } } }, /with label team, which is gone/u],
    ['a volume', { spec: { volumes: [{ name: 'data', emptyDir: {} }] } }, /with volume data, which is gone/u],
  ] as const)
    test(`${what} is gone`, () =>
      breaks(made(active(), { asked: { metadata, ...asked } }), 'harmless injection', sentence));
  test('quantities that are written in another way, and empty fields, are the same', () => {
    const resources = { requests: { cpu: '1000m' } };
    breaksNothing(
      made(active(), { asked: { metadata, spec: { containers: [{ ...app, resources, args: [], stdin: null }] } } }),
    );
  });
  test('a pod that no set matches is changed at admission', () => {
    const mutated = JSON.stringify({ configuration: 'berth-mutating', webhook: 'mpod.kb.io', mutated: true });
    const notes = { 'mutation.webhook.admission.k8s.io/round_0_index_0': mutated };
    breaksNothing(made(active(), { notes }));
    const ordered = [{ ...app, env: [{ name: 'KRUISE_CONTAINER_PRIORITY', value: '1' }] }];
    const asked = { metadata: { labels: { app: 'db' } }, spec: { containers: ordered } };
    breaksNothing(
      made(active(), { labels: { app: 'db' }, injected: '', containers: ordered, volumes: [], asked, notes }),
    );
    const alien = { labels: { app: 'db' }, injected: '', containers: [app], volumes: [], notes };
    breaks(made(active(), alien), 'harmless injection', /web-1 was changed at admission, and no set matches it/u);
  });
});
