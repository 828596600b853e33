/** A kind of its own for tests of admission, and its webhooks: they paint toys red, and want them small and round. */

import { allowed, type Op, type Review, type Verdict, type Webhook } from '../../kube/contract.ts';

/** Everything in `spec` is unknown to the schema. */
export const toys = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'toys.example.com' },
  spec: {
    group: 'example.com',
    names: { plural: 'toys', singular: 'toy', kind: 'Toy' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};
export const toyPath = '/apis/example.com/v1/namespaces/default/toys';

const specOf = (review: Review): Readonly<Record<string, unknown>> =>
  review.operation === 'DELETE' ? {} : ((review.object['spec'] ?? {}) as Record<string, unknown>);

/** Adds a colour, and says so. */
const paint = (review: Review): Verdict => {
  const { colour, boom } = specOf(review);
  if (boom === true) throw new Error('the toy exploded');
  if (colour !== undefined) return allowed;
  const patch: readonly Op[] = [{ op: 'add', path: '/spec/colour', value: 'red' }];
  return { is: 'allowed', patch, warnings: ['spec.colour: painted red'], audit: { painted: review.user } };
};

/** Wants it small, and round. */
const check = (review: Review): Verdict => {
  const { size = 1, shape = 'round' } = specOf(review);
  const problems = [
    ...(Number(size) > 3
      ? [{ field: 'spec.size', message: 'must be at most 3', reason: 'FieldValueInvalid' as const }]
      : []),
    ...(shape === 'round'
      ? []
      : [{ field: 'spec.shape', message: 'must be round', reason: 'FieldValueNotSupported' as const }]),
  ];
  return problems.length === 0 ? allowed : { is: 'refused', problems, warnings: [] };
};

const webhook = (type: Webhook['type'], path: string, decide: Webhook['decide']): Webhook => ({
  path,
  type,
  entries: [
    {
      name: `${type}.toys.example.com`,
      operations: ['CREATE', 'UPDATE'],
      groups: ['example.com'],
      versions: ['v1'],
      resources: ['toys'],
      failurePolicy: 'Fail',
      timeoutSeconds: 3,
    },
  ],
  reads: [],
  decide,
});
export const webhooks = [webhook('mutating', '/mutate/toy', paint), webhook('validating', '/validate/toy', check)];

/** As an installer writes it: a Service, and nobody to trust. */
export const configurationOf = ({ type, path, entries }: Webhook): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: type === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
  metadata: { name: 'berth' },
  webhooks: entries.map(entry => ({
    name: entry.name,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: entry.failurePolicy,
    timeoutSeconds: entry.timeoutSeconds,
    rules: [
      {
        operations: entry.operations,
        apiGroups: entry.groups,
        apiVersions: entry.versions,
        resources: entry.resources,
      },
    ],
    clientConfig: { service: { namespace: 'berth-system', name: 'berth-webhook', path } },
  })),
});
