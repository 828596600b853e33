/** Rules about who wrote what: each finds the story that breaks it, and is silent about one that does not. */

import { describe, test } from 'node:test';
import type { Wire } from '../../../kube/contract.ts';
import { aJob, logSet, Story, update, webPod } from '../story.fixture.ts';
import { breaks, breaksNothing, breaksToo, newRevision, three } from '../verdict.fixture.ts';

const owned = {
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', uid: 'uid-rs', controller: true }],
} as Wire;

const injected = { 'kruise.io/sidecarset-injected-list': 'logs' };

describe('hands off', () => {
  test('a pod that is neither owned nor selected is written to', () => {
    const story = new Story().write('Pod', 'alien', { metadata: owned }).begins();
    story.write('Pod', 'alien', { metadata: { labels: { 'berth/x': 'y' } } }).signed();
    breaks(story, 'hands off', /patch pods default\/alien: it is neither owned nor selected/u);
  });
  test('pods of our sets, and those that carry a sidecar, are our business', () => {
    const { story } = three();
    webPod(logSet(story, 1), 'a');
    for (const pod of ['db-0', 'a']) story.write('Pod', pod, { metadata: { annotations: injected } }).signed();
    breaksNothing(story);
  });
  test('a kind that is none of our business, and the spec of a user', () => {
    const deployment = new Story().begins().asked({ objectRef: { resource: 'deployments', name: 'web' } });
    breaks(deployment, 'hands off', /patch deployments web: no object that Berth has to do with/u);
    const story = aJob(new Story(), 1)
      .begins()
      .write('BroadcastJob', 'job', { metadata: { annotations: {} } });
    breaks(
      story.asked({ objectRef: { resource: 'broadcastjobs', name: 'job' } }),
      'hands off',
      /only its status is ours/u,
    );
  });
  test('a ConfigMap by which the containers of a pod start in order is its barrier, any other is none of ours', () => {
    const of = (name: string) => ({
      objectRef: { resource: 'configmaps', namespace: 'default', name },
      verb: 'create',
    });
    breaksNothing(three().story.asked(of('db-0-barrier')));
    breaks(three().story.asked(of('settings')), 'hands off', /create configmaps default\/settings: no object/u);
  });
  test('a deletion that does not say which uid it means', () => {
    const { story } = three({ replicas: 2 });
    const gone = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
    story.write('Pod', 'db-2', gone).signed({ verb: 'delete', requestObject: { kind: 'DeleteOptions' } });
    breaks(story, 'hands off', /delete pods default\/db-2: whatever uid it has/u);
  });
  test('what somebody else does, or was refused, is not judged', () => {
    const story = new Story().write('Pod', 'alien', { metadata: owned }).begins();
    story.asked({ objectRef: { resource: 'pods', name: 'alien' }, responseStatus: { code: 403 } });
    story.asked({ objectRef: { resource: 'deployments', name: 'web' }, userAgent: 'kubectl' });
    breaksNothing(story);
  });
  test('a pod is adopted that another controls, or that no selector matches', () => {
    const adopted = (before: Wire): Story => {
      const story = three({ selector: { matchLabels: { app: 'db' } } }).story;
      story.write('Pod', 'db-3', { metadata: before }).signed({ userAgent: 'kubectl', verb: 'create' });
      const owner = {
        apiVersion: 'apps.kruise.io/v1beta1',
        kind: 'StatefulSet',
        name: 'db',
        uid: 'uid-db',
        controller: true,
      };
      return story.write('Pod', 'db-3', { metadata: { ownerReferences: [owner] } as Wire }).signed();
    };
    breaks(adopted({ labels: { app: 'web' } }), 'hands off', /whose selector does not match/u);
    breaksNothing(adopted({ labels: { app: 'db' } }));
    breaksToo(adopted({ labels: { app: 'db' }, ...owned }), 'hands off', /and was controlled by ReplicaSet/u);
  });
});

describe('no lost update', () => {
  const drained = (change: { readonly [part: string]: Wire }): Story => {
    const { story } = three();
    story.write('Pod', 'db-0', {
      metadata: { labels: { team: 'a', 'controller-revision-hash': 'v1' }, finalizers: ['x'] } as Wire,
    });
    story.signed({ userAgent: 'kubectl' });
    return story.write('Pod', 'db-0', change).signed();
  };
  test('a label, a finalizer or a condition of somebody else is gone', () => {
    breaks(drained({ metadata: { labels: {} } }), 'no lost update', /label team changed by a write of ours/u);
    breaks(drained({ metadata: { finalizers: [] as unknown as Wire } }), 'no lost update', /finalizers changed/u);
    breaks(drained({ status: { conditions: [] as unknown as Wire } }), 'no lost update', /condition Ready changed/u);
  });
  test('our own annotations and conditions are ours', () => {
    breaksNothing(drained({ metadata: { annotations: { 'apps.kruise.io/inplace-update-state': '{}' } } }));
  });
  test('the app of a pod whose sidecar moves', () => {
    const story = webPod(logSet(new Story(), 1), 'a').begins();
    const containers = [
      { name: 'app', image: 'app:v2' },
      { name: 'log', image: 'log:v1', env: [{ name: 'IS_INJECTED', value: 'true' }] },
    ];
    story.write('Pod', 'a', { spec: { containers } }).signed();
    breaks(story, 'no lost update', /image of container app changed/u);
  });
  test('the spec of a set', () => {
    const story = three()
      .story.write('StatefulSet', 'db', { spec: { replicas: 4 } })
      .signed({ objectRef: { subresource: 'status' } });
    breaks(story, 'no lost update', /StatefulSet default\/db: spec changed/u);
  });
});

describe('quiet', () => {
  const patch = { objectRef: { resource: 'pods', namespace: 'default', name: 'db-0' } };
  test('a write that changes nothing', () => {
    const vain = {
      requestObject: { metadata: { resourceVersion: '7' } },
      responseObject: { metadata: { resourceVersion: '7' } },
    };
    breaks(three().story.asked({ ...patch, ...vain }), 'quiet', /patch pods\/ default\/db-0 changes nothing/u);
  });
  test('a write long after anything happened, but for a timer', () => {
    breaks(newRevision(three().story).rest(90_000).asked(patch), 'quiet', /90 s after the last thing that happened/u);
    const slow = three({ updateStrategy: { rollingUpdate: { minReadySeconds: 60 } } });
    breaksNothing(newRevision(slow.story).rest(90_000).asked(patch));
  });
  test('what could not be written while the apiserver was away is written when it is back', () => {
    const away = newRevision(three().story).wait(90_000);
    breaksNothing(away.asked(patch).rest(50_000).asked(patch));
    breaks(away.rest(20_000).asked(patch), 'quiet', /70 s after the last thing that happened/u);
  });
  test('five writes for one update', () => {
    const { story, pods } = three();
    newRevision(story);
    update(pods[2], 'db:v2', 'v2');
    const { entries } = story.chronicle();
    for (const { at, object } of entries.filter(entry => entry.object.metadata.name === 'db-2' && entry.at > 106))
      story.asked({ responseObject: { metadata: { uid: object.metadata.uid, resourceVersion: String(at) } } }, object);
    breaksToo(story, 'quiet', /6 writes for 1 updates of default\/db-2/u);
  });
});

describe('one leader', () => {
  const as = (instance: string) => ({ user: { extra: { 'authentication.kubernetes.io/credential-id': [instance] } } });
  const renew = (story: Story, instance: string): Story =>
    story.write('Lease', 'berth-controller', { spec: { holderIdentity: instance } }).signed(as(instance));
  const drain = (story: Story, instance: string): Story =>
    story.asked({ objectRef: { resource: 'pods', namespace: 'default', name: 'db-0' }, ...as(instance) });

  test('a frozen leader goes on when another leads', () => {
    const story = renew(renew(new Story().begins(), 'first'), 'second').wait(1000);
    breaks(drain(story, 'first'), 'one leader', /patch pods default\/db-0, sent after second had taken the lease/u);
  });
  test('who leads writes, also again', () => {
    const story = renew(renew(new Story().begins(), 'first').wait(1000), 'second').wait(1000);
    breaksNothing(drain(renew(drain(story, 'second'), 'first').wait(1000), 'first'));
  });
});
