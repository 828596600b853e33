import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Controller, Resource, Webhook } from '../../kube/contract.ts';
import { rbacOf } from './rbac.ts';

const resource = (group: string, plural: string, select?: Resource['select']): Resource => ({
  group,
  version: 'v1',
  kind: plural,
  plural,
  scope: 'Namespaced',
  view: () => undefined,
  indexes: {},
  ...(select && { select }),
});

const sets = resource('apps.kruise.io', 'statefulsets');
const pods = resource('', 'pods');
const nodes = resource('', 'nodes');
const secret = resource('', 'secrets', { namespace: 'home', fields: 'metadata.name=cert' });
const configuration = resource('admissionregistration.k8s.io', 'configurations', { fields: 'metadata.name=ours' });
const local = resource('local.berth', 'spares');

const aController = (over: Partial<Controller>): Controller => ({
  name: 'a',
  reconciles: sets,
  wakesOn: [],
  reads: [],
  writes: [],
  pass: () => undefined,
  ...over,
});

const aWebhook = (...reads: readonly Resource[]): Webhook => ({
  path: '/x',
  type: 'mutating',
  entries: [],
  reads,
  decide: () => ({ is: 'allowed', patch: [], warnings: [] }),
});

const home = { namespace: 'home', secretName: 'cert', leaseName: 'lease' };

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Rules of one role as lines, e.g. `ClusterRole: apps/pods get,list`. */
const lines = (manifests: readonly object[]): readonly string[] =>
  (manifests as readonly { readonly kind: string; readonly rules?: readonly Rule[] }[]).flatMap(({ kind, rules }) =>
    (rules ?? []).map(({ apiGroups, resources, resourceNames, verbs }) =>
      [
        `${kind}:`,
        `${apiGroups.join()}/${resources.join()}`,
        ...(resourceNames ?? []).map(n => `"${n}"`),
        verbs.join(),
      ].join(' '),
    ),
  );

const controllerLines = (...controllers: readonly Controller[]) => lines(rbacOf(controllers, [], home).controller);
const own = [
  'ClusterRole: events.k8s.io/events create,patch',
  'Role: coordination.k8s.io/leases "lease" get,patch',
  'Role: coordination.k8s.io/leases create',
];

describe('the rights of the controllers', () => {
  test('are to read what they look at, to look at what they write, and to write what they say, no more', () => {
    const wakes = { on: nodes, keys: () => [], urgent: () => false };
    const controller = aController({
      wakesOn: [wakes],
      writes: [
        { on: pods, verbs: ['create', 'patch'] },
        { on: pods, verbs: ['patch'], part: 'status' },
        { on: pods, verbs: ['create'], part: 'eviction' },
      ],
    });
    assert.deepEqual(controllerLines(controller), [
      'ClusterRole: /nodes list,watch',
      'ClusterRole: /pods create,get,list,patch,watch',
      'ClusterRole: /pods/eviction create',
      'ClusterRole: /pods/status patch',
      'ClusterRole: apps.kruise.io/statefulsets get,list,watch',
      'ClusterRole: apps.kruise.io/statefulsets/finalizers update',
      'ClusterRole: apps.kruise.io/statefulsets/status patch',
      ...own,
    ]);
  });

  test('of one that writes nothing are to read', () => {
    assert.deepEqual(controllerLines(aController({ reads: [pods] })), [
      'ClusterRole: /pods list,watch',
      'ClusterRole: apps.kruise.io/statefulsets list,watch',
      ...own,
    ]);
  });

  test('of several controllers are added up, once each', () => {
    const two = controllerLines(
      aController({ reads: [pods] }),
      aController({ writes: [{ on: pods, verbs: ['delete'] }] }),
    );
    assert.deepEqual(
      two.filter(line => line.includes('/pods')),
      ['ClusterRole: /pods delete,get,list,watch'],
    );
  });

  test('to one object are for its name and its namespace; creating cannot be so', () => {
    const controller = aController({
      reconciles: local,
      writes: [
        { on: secret, verbs: ['create', 'patch'] },
        { on: configuration, verbs: ['patch'] },
      ],
    });
    assert.deepEqual(controllerLines(controller), [
      'ClusterRole: admissionregistration.k8s.io/configurations "ours" get,list,patch,watch',
      ...own.slice(0, 1),
      'Role: /secrets "cert" get,list,patch,watch',
      'Role: /secrets create',
      ...own.slice(1),
    ]);
  });
});

describe('the rights of the webhooks', () => {
  test('are to read, and to see the one Secret with their certificate', () => {
    const { webhook } = rbacOf([aController({ writes: [{ on: pods, verbs: ['delete'] }] })], [aWebhook(nodes)], home);
    assert.deepEqual(lines(webhook), ['ClusterRole: /nodes list,watch', 'Role: /secrets "cert" list,watch']);
  });

  test('are bound to their own account', () => {
    assert.deepEqual(rbacOf([], [], home).webhook, [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'berth-webhook', namespace: 'home' } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'berth-webhook', namespace: 'home' },
        rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['cert'], verbs: ['list', 'watch'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'berth-webhook', namespace: 'home' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'berth-webhook' },
        subjects: [{ kind: 'ServiceAccount', name: 'berth-webhook', namespace: 'home' }],
      },
    ]);
  });
});
