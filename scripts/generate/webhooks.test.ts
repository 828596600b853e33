import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Webhook, WebhookEntry } from '../../kube/contract.ts';
import { webhookConfigurationsOf } from './webhooks.ts';

const anEntry = (name: string, over: Partial<WebhookEntry> = {}): WebhookEntry => ({
  name,
  operations: ['CREATE'],
  groups: [''],
  versions: ['v1'],
  resources: ['pods'],
  failurePolicy: 'Ignore',
  timeoutSeconds: 3,
  ...over,
});

const aWebhook = (type: Webhook['type'], path: string, ...entries: readonly WebhookEntry[]): Webhook => ({
  path,
  type,
  entries,
  reads: [],
  decide: () => ({ is: 'allowed', patch: [], warnings: [] }),
});

const names = { namespace: 'home', mutatingConfiguration: 'm', validatingConfiguration: 'v' };

test('each entry of a webhook becomes an entry of the configuration of its type, without a caBundle', () => {
  const selected = {
    namespaceSelector: { matchLabels: { a: 'b' } },
    matchConditions: [{ name: 'differs', expression: 'true' }],
  };
  const { mutating, validating } = webhookConfigurationsOf(
    [
      aWebhook(
        'mutating',
        '/mutate-pod',
        anEntry('a.kb.io', selected),
        anEntry('b.kb.io', { failurePolicy: 'Fail', reinvocationPolicy: 'IfNeeded' }),
      ),
      aWebhook(
        'validating',
        '/validate',
        anEntry('c.kb.io', { operations: ['CREATE', 'UPDATE'], reinvocationPolicy: 'Never' }),
      ),
    ],
    names,
  );
  const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: '*' };
  const pathed = (path: string) => ({
    admissionReviewVersions: ['v1'],
    clientConfig: { service: { name: 'berth-webhook', namespace: 'home', path, port: 443 } },
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: 3,
  });
  assert.deepEqual(mutating, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'm' },
    webhooks: [
      { ...pathed('/mutate-pod'), name: 'a.kb.io', rules: [rule], failurePolicy: 'Ignore', ...selected },
      {
        ...pathed('/mutate-pod'),
        name: 'b.kb.io',
        rules: [rule],
        failurePolicy: 'Fail',
        reinvocationPolicy: 'IfNeeded',
      },
    ],
  });
  assert.deepEqual(validating, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'v' },
    webhooks: [
      {
        ...pathed('/validate'),
        name: 'c.kb.io',
        rules: [{ ...rule, operations: ['CREATE', 'UPDATE'] }],
        failurePolicy: 'Ignore',
      },
    ],
  });
});
