import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Action, Instant } from '../../kube/contract.ts';
import { installation } from './controller.ts';
import {
  aConfiguration,
  aSecret,
  aSlice,
  behindService,
  type Cluster,
  encoded,
  inCluster,
  material,
  onLaptop,
  planOf,
  readerOf,
} from './fixture.ts';
import type { Options } from './world.ts';

const readable = (base64: unknown): string => Buffer.from(String(base64), 'base64').toString();
const linesOf = (action: Action): readonly string[] => {
  if (action.do === 'create') {
    const data = Object.entries(action.object['data'] ?? {}).map(([key, value]) => `${key}=${readable(value)}`);
    return [`create ${action.object.kind} ${data.join(' ')}`];
  }
  if (action.do !== 'patch' || action.patch.as !== 'json') return [action.do];
  return action.patch.ops.map(op => {
    const coded = op.path.startsWith('/data/') || op.path.endsWith('caBundle');
    const value = op.op === 'remove' ? '' : ` ${coded ? readable(op.value) : JSON.stringify(op.value)}`;
    return `${op.op} ${op.path}${value}`;
  });
};

interface Row {
  readonly name: string;
  readonly cluster: Cluster;
  readonly now: Instant;
  readonly options?: Options;
  readonly lines: readonly string[];
  readonly wakeAfter?: number;
}

const A = material('A', 60, 90);
const B = material('B', 160, 190);
const announced = {
  ...A,
  'ca.crt': 'ca B;ca A;',
  'next.crt': B['tls.crt'],
  'next.key': B['tls.key'],
  'next.from': '65',
};
const trusting = (bundle: string): Cluster => ({
  mutating: aConfiguration('MutatingWebhookConfiguration', behindService(bundle)),
  validating: aConfiguration('ValidatingWebhookConfiguration', behindService(bundle)),
});
const shown = [
  'add /data/tls.crt cert B 160-190',
  'add /data/tls.key key B',
  'add /data/ca.crt ca B;ca A;',
  'remove /data/next.crt',
  'remove /data/next.key',
  'remove /data/next.from',
];

const rows: readonly Row[] = [
  {
    name: 'a missing Secret is created from the spare',
    cluster: { spare: A },
    now: 0,
    lines: ['create Secret tls.crt=cert A 60-90 tls.key=key A ca.crt=ca A;'],
  },
  { name: 'without a spare it waits for one', cluster: {}, now: 0, lines: [] },
  {
    name: 'configurations that trust nobody are made to trust it',
    cluster: {
      secret: aSecret(A),
      mutating: aConfiguration('MutatingWebhookConfiguration', behindService('ca A;'), behindService()),
      validating: aConfiguration('ValidatingWebhookConfiguration', behindService('ca old;')),
    },
    now: 0,
    lines: [
      'test /webhooks/1/name "w1.berth.io"',
      'add /webhooks/1/clientConfig/caBundle ca A;',
      'test /webhooks/0/name "w0.berth.io"',
      'add /webhooks/0/clientConfig/caBundle ca A;',
    ],
    wakeAfter: 60,
  },
  ...[[], [false], [false, false]].map(
    (ready): Row => ({
      name: `with ${ready.length} endpoints behind the Service, none of them ready, only what is armed is kept right`,
      cluster: {
        secret: aSecret(A),
        mutating: aConfiguration('MutatingWebhookConfiguration', behindService('ca old;'), behindService()),
        validating: aConfiguration('ValidatingWebhookConfiguration', behindService()),
        slice: aSlice(...ready),
      },
      now: 0,
      lines: ['test /webhooks/0/name "w0.berth.io"', 'add /webhooks/0/clientConfig/caBundle ca A;'],
      wakeAfter: 60,
    }),
  ),
  {
    name: 'an endpoint whose readiness nobody told is ready',
    cluster: {
      secret: aSecret(A),
      validating: aConfiguration('ValidatingWebhookConfiguration', behindService()),
      slice: aSlice(false, undefined),
    },
    now: 0,
    lines: ['test /webhooks/0/name "w0.berth.io"', 'add /webhooks/0/clientConfig/caBundle ca A;'],
    wakeAfter: 60,
  },
  {
    name: 'a webhook that was never armed does not hold up a renewal',
    cluster: {
      secret: aSecret(announced),
      ...trusting('ca B;ca A;'),
      validating: aConfiguration('V', behindService()),
      slice: aSlice(),
    },
    now: 65,
    lines: shown,
  },
  {
    name: 'a good certificate waits until it is due',
    cluster: { secret: aSecret(A), spare: B },
    now: 10,
    lines: [],
    wakeAfter: 50,
  },
  {
    name: 'a due certificate has its successor announced, and is kept',
    cluster: { secret: aSecret(A), spare: B, ...trusting('ca A;') },
    now: 60,
    lines: [
      'add /data/next.crt cert B 160-190',
      'add /data/next.key key B',
      'add /data/next.from 65',
      'add /data/ca.crt ca B;ca A;',
    ],
  },
  {
    name: 'an announced successor waits for the overlap, while configurations learn to trust it',
    cluster: {
      secret: aSecret(announced),
      mutating: aConfiguration('MutatingWebhookConfiguration', behindService('ca A;')),
    },
    now: 61,
    lines: ['test /webhooks/0/name "w0.berth.io"', 'add /webhooks/0/clientConfig/caBundle ca B;ca A;'],
    wakeAfter: 4,
  },
  {
    name: 'after the overlap it still waits for a configuration that does not trust it',
    cluster: {
      secret: aSecret(announced),
      ...trusting('ca B;ca A;'),
      validating: aConfiguration('V', behindService('ca A;')),
    },
    now: 66,
    lines: ['test /webhooks/0/name "w0.berth.io"', 'add /webhooks/0/clientConfig/caBundle ca B;ca A;'],
  },
  {
    name: 'a trusted successor takes its place after the overlap',
    cluster: { secret: aSecret(announced), ...trusting('ca B;ca A;') },
    now: 65,
    lines: shown,
  },
  {
    name: 'an expired certificate is replaced by its announced successor at once',
    cluster: { secret: aSecret({ ...announced, 'next.from': '999' }) },
    now: 95,
    lines: shown,
  },
  {
    name: 'a broken certificate is replaced by the spare',
    cluster: { secret: aSecret({ ...A, 'tls.key': 'nonsense' }), spare: B },
    now: 0,
    lines: ['add /data/tls.crt cert B 160-190', 'add /data/tls.key key B', 'add /data/ca.crt ca B;'],
  },
  {
    name: 'an empty Secret is filled',
    cluster: { secret: { ...aSecret({}), data: null }, spare: B },
    now: 0,
    lines: ['add /data {}', 'add /data/tls.crt cert B 160-190', 'add /data/tls.key key B', 'add /data/ca.crt ca B;'],
  },
  {
    name: 'a damaged successor is announced afresh, and the shown one stays trusted',
    cluster: { secret: aSecret({ ...announced, 'next.key': 'nonsense' }), spare: material('C', 200, 290) },
    now: 70,
    lines: [
      'add /data/next.crt cert C 200-290',
      'add /data/next.key key C',
      'add /data/next.from 75',
      'add /data/ca.crt ca C;ca A;',
    ],
  },
  {
    name: 'a Secret that cert-manager keeps is read, never written',
    cluster: {
      secret: aSecret({ ...A, 'tls.key': '?' }, { annotations: { 'cert-manager.io/certificate-name': 'berth' } }),
      spare: B,
      mutating: aConfiguration('MutatingWebhookConfiguration', behindService()),
    },
    now: 0,
    lines: ['test /webhooks/0/name "w0.berth.io"', 'add /webhooks/0/clientConfig/caBundle ca A;'],
  },
  {
    name: 'outside the cluster a configuration is pointed to the address, on the path it names',
    cluster: {
      secret: aSecret(A),
      mutating: aConfiguration('MutatingWebhookConfiguration', behindService()),
      slice: aSlice(),
    },
    now: 0,
    options: onLaptop,
    lines: [
      'test /webhooks/0/name "w0.berth.io"',
      'add /webhooks/0/clientConfig/url "https://127.0.0.1:9443/mutate-pod"',
      'remove /webhooks/0/clientConfig/service',
      'add /webhooks/0/clientConfig/caBundle ca A;',
    ],
    wakeAfter: 60,
  },
  {
    name: 'outside the cluster an older address is replaced, a right one left alone',
    cluster: {
      secret: aSecret(A),
      mutating: aConfiguration(
        'MutatingWebhookConfiguration',
        { url: 'https://127.0.0.1:1/mutate-pod', caBundle: encoded('ca A;') },
        { url: 'https://127.0.0.1:9443/mutate-pod', caBundle: encoded('ca A;') },
      ),
    },
    now: 0,
    options: onLaptop,
    lines: [
      'test /webhooks/0/name "w0.berth.io"',
      'add /webhooks/0/clientConfig/url "https://127.0.0.1:9443/mutate-pod"',
    ],
    wakeAfter: 60,
  },
  {
    name: 'odd configurations are no reason to fail',
    cluster: {
      secret: aSecret(A),
      mutating: { ...aConfiguration('M'), webhooks: [null, 7, { clientConfig: [] }] },
      validating: { ...aConfiguration('V'), webhooks: 'none' },
    },
    now: 0,
    options: onLaptop,
    lines: [0, 1, 2].flatMap(i => [`test /webhooks/${i}/name ""`, `add /webhooks/${i}/clientConfig/caBundle ca A;`]),
    wakeAfter: 60,
  },
];

suite('keeping the certificate', () => {
  for (const { name, cluster, now, options, lines, wakeAfter } of rows) {
    test(name, () => {
      const plan = planOf(cluster, now, options);
      assert.deepEqual(plan.actions.flatMap(linesOf), lines);
      assert.equal(plan.wakeAfter, wakeAfter);
    });
  }
  test('the Secret of another name is nobody’s business', () => {
    assert.equal(installation(inCluster).pass('berth-system/other', readerOf({}), 0), undefined);
  });
});
