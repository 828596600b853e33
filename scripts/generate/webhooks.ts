/** The webhook configurations, from the webhooks' own entries. */

import type { Webhook, WebhookEntry } from '../../kube/contract.ts';

/** What the installation calls its configurations, and where its Service is. */
interface WebhookNames {
  readonly namespace: string;
  readonly mutatingConfiguration: string;
  readonly validatingConfiguration: string;
}

/** As the flag `--service` has it by default. */
export const serviceName = 'berth-webhook';

/** `caBundle` is left out: the installation controller writes it when a server is there to be trusted. */
export const webhookConfigurationsOf = (
  webhooks: readonly Webhook[],
  names: WebhookNames,
): { readonly mutating: object; readonly validating: object } => ({
  mutating: configuration(
    'MutatingWebhookConfiguration',
    names.mutatingConfiguration,
    entriesOf(webhooks, 'mutating', names),
  ),
  validating: configuration(
    'ValidatingWebhookConfiguration',
    names.validatingConfiguration,
    entriesOf(webhooks, 'validating', names),
  ),
});

const configuration = (kind: string, name: string, webhooks: readonly object[]): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name },
  webhooks,
});

const entriesOf = (
  webhooks: readonly Webhook[],
  type: Webhook['type'],
  { namespace }: WebhookNames,
): readonly object[] =>
  webhooks
    .filter(webhook => webhook.type === type)
    .flatMap(({ path, entries }) =>
      entries.map(entry => ({
        ...webhookOf(entry, { namespace, name: serviceName, path, port: 443 }),
        ...reinvocationOf(entry, type),
      })),
    );

const webhookOf = (entry: WebhookEntry, service: object): object => ({
  name: entry.name,
  admissionReviewVersions: ['v1'],
  clientConfig: { service },
  rules: [
    {
      operations: entry.operations,
      apiGroups: entry.groups,
      apiVersions: entry.versions,
      resources: entry.resources,
      scope: '*',
    },
  ],
  failurePolicy: entry.failurePolicy,
  matchPolicy: 'Equivalent',
  ...(entry.namespaceSelector && { namespaceSelector: entry.namespaceSelector }),
  ...(entry.objectSelector && { objectSelector: entry.objectSelector }),
  ...(entry.matchConditions && { matchConditions: entry.matchConditions }),
  sideEffects: 'None',
  timeoutSeconds: entry.timeoutSeconds,
});

/** Validating webhooks are never called again, and the apiserver refuses the field there. */
const reinvocationOf = ({ reinvocationPolicy }: WebhookEntry, type: Webhook['type']): object =>
  type === 'mutating' && reinvocationPolicy !== undefined ? { reinvocationPolicy } : {};
