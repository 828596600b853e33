/** What happens to a pod at the door: it gets what a new pod gets, and a changed image becomes a tracked update. */

import { group, labels } from '../../api/names.ts';
import type { Review, Verdict, Webhook, WebhookEntry } from '../../kube/contract.ts';
import { allowed } from '../../kube/contract.ts';
import { type Installation, namespacesOutside } from '../../workloads/installation.ts';
import { Namespaces, recordedIn } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { admitNew } from './admitNew.ts';
import { type Kept, keepImage } from './keepImage.ts';

export const podWebhook = (
  { namespace, podReadyGate = 'owned', sidecarOrder = 'set' }: Installation,
  revisions = recordedIn(namespace),
): Webhook => ({
  path: '/mutate-pod',
  type: 'mutating',
  entries: entriesFor(namespace),
  reads: [SidecarSets, Namespaces, revisions.resource],
  decide: (review, reader, now) => {
    if (!isPod(review)) return allowed;
    switch (review.operation) {
      case 'CREATE':
        return admitNew(review, reader, now, { revisions, podReadyGate, sidecarOrder });
      case 'UPDATE':
        return kept(keepImage(review, now));
      case 'DELETE':
        return allowed;
    }
  },
});

const kept = (image: Kept | undefined): Verdict =>
  image === undefined ? allowed : { is: 'allowed', patch: image.ops, warnings: image.warnings, audit: image.audit };

const isPod = ({ group, plural, subresource }: Review): boolean =>
  group === '' && plural === 'pods' && subresource === '';

const pods = {
  groups: [''],
  versions: ['v1'],
  resources: ['pods'],
  timeoutSeconds: 3,
  reinvocationPolicy: 'IfNeeded',
} as const;

const ownedByUs = {
  name: 'owned-by-a-statefulset',
  expression: `has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, o.kind == 'StatefulSet' && o.apiVersion.startsWith('${group}/'))`,
};

/** Most updates of a pod touch labels or statuses: they never reach us. */
const imageDiffers = {
  name: 'an-image-differs',
  expression:
    'oldObject == null || object.spec.containers.exists(c, oldObject.spec.containers.exists(o, o.name == c.name && o.image != c.image))',
};

/**
 * Of all that the apiserver says when it reaches no webhook, this alone is our choice: so it names the label that makes
 * pods wait, and the way out.
 */
const requiredName = 'namespace-label-berth-injection-required.remove-it-to-start-pods-without-sidecars.kb.io';

/**
 * Where pods may start without us they do; only namespaces that ask for it wait. Our own namespace and kube-system
 * never depend on us, or a cluster that lost us could not come back.
 */
const entriesFor = (own: string): readonly WebhookEntry[] => {
  const name = 'kubernetes.io/metadata.name';
  const outside = { key: name, operator: 'NotIn', values: namespacesOutside(own) };
  const required = { key: labels.injection, operator: 'In', values: ['required'] };
  const rest = { key: labels.injection, operator: 'NotIn', values: ['required'] };
  return [
    {
      ...pods,
      name: 'mpod.kb.io',
      operations: ['CREATE'],
      failurePolicy: 'Ignore',
      namespaceSelector: { matchExpressions: [outside, rest] },
    },
    {
      ...pods,
      name: requiredName,
      operations: ['CREATE'],
      failurePolicy: 'Fail',
      namespaceSelector: { matchExpressions: [outside, required] },
    },
    {
      ...pods,
      name: 'mpod-image.kb.io',
      operations: ['UPDATE'],
      failurePolicy: 'Ignore',
      namespaceSelector: { matchExpressions: [outside] },
      matchConditions: [ownedByUs, imageDiffers],
    },
  ];
};
