/** StatefulSet (Advanced): pods with an identity and claims of their own, updated in place where that is possible. */

import { type Crd, crdOf, type KindNames } from './crd.ts';
import { intOrPercent, isIntOrPercent } from './intOrPercent.ts';
import { nonEmptySelector } from './labelSelector.ts';
import { group } from './names.ts';
import { ordinalRange } from './ordinals.ts';
import { podTemplate, volumeClaimTemplate } from './podTemplate.ts';
import { priorityStrategy } from './priority.ts';
import { fine, type Parsed, under } from './problem.ts';
import {
  array,
  assumed,
  bool,
  decode,
  defaulted,
  int32,
  int64,
  intOrString,
  map,
  object,
  oneOf,
  optional,
  type Rule,
  string,
  type TypeOf,
} from './schema.ts';
import { conditions, podCounts } from './status.ts';
import type { Normalised, StoredObject } from './stored.ts';

export const statefulSetNames: KindNames = {
  group,
  version: 'v1beta1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  scope: 'Namespaced',
};

// ── Update strategy ─────────────────────────────────────────────────────────────────────────────────────────────────

/** At least one pod must be allowed to be unavailable, or nothing would ever move. */
const maxUnavailable = () =>
  intOrPercent().rule({
    rule: `${isIntOrPercent('self')} && !(type(self) == int ? int(self) == 0 : string(self).matches('^0+%$'))`,
    message: 'must be a positive integer or a percentage, and should not be less than 1',
  });

const rollingUpdate = object({
  partition: defaulted(int32({ min: 0 }).about('How many pods, the lowest ordinals, keep the current revision.'), 0),
  maxUnavailable: defaulted(
    maxUnavailable().about('How many pods, or which share, may be unavailable; more than 1 needs Parallel.'),
    1,
  ),
  podUpdatePolicy: defaulted(
    oneOf('ReCreate', 'InPlaceIfPossible', 'InPlaceOnly').about('Whether pods are replaced or changed where they are.'),
    'ReCreate',
  ),
  paused: assumed(bool().about('Stops the update where it is.'), false),
  unorderedUpdate: optional(
    object({ priorityStrategy: optional(priorityStrategy()) }).about(
      'Pods are updated by priority instead of by ordinal; needs Parallel.',
    ),
  ),
  inPlaceUpdateStrategy: optional(
    object({
      gracePeriodSeconds: optional(int32().about('Between "not ready" and the new image.')),
      imagePreDownloadParallelism: optional(intOrString().about('Accepted and not used.')),
      imagePreDownloadTimeoutSeconds: optional(int32().about('Accepted and not used.')),
      imagePreDownloadMinUpdatedReadyPods: optional(int32().about('Accepted and not used.')),
    }),
  ),
  minReadySeconds: defaulted(
    int32({ min: 0, max: 300 }).about('How long a pod must be ready before it counts as available.'),
    0,
  ),
});

export type RollingUpdate = TypeOf<typeof rollingUpdate>;

/** What the two fields mean: a rolling update has all of its settings, OnDelete has none. */
export type UpdateStrategy =
  | { readonly type: 'RollingUpdate'; readonly rollingUpdate: RollingUpdate }
  | { readonly type: 'OnDelete' };

const updateStrategy = object({
  type: defaulted(
    oneOf('RollingUpdate', 'OnDelete').about('OnDelete updates a pod when somebody deletes it.'),
    'RollingUpdate',
  ),
  rollingUpdate: optional(rollingUpdate),
})
  .rule({
    rule: "self.type != 'OnDelete' || !has(self.rollingUpdate)",
    message: "only allowed for updateStrategy 'RollingUpdate'",
    at: '.rollingUpdate',
  })
  .as((given, path): Parsed<UpdateStrategy> => {
    if (given.type === 'OnDelete') return fine({ type: 'OnDelete' });
    if (given.rollingUpdate !== undefined) return fine({ type: 'RollingUpdate', rollingUpdate: given.rollingUpdate });
    const defaults = rollingUpdate.parse({}, under(path, 'rollingUpdate'));
    return defaults.is === 'wrong' ? defaults : fine({ type: 'RollingUpdate', rollingUpdate: defaults.value });
  });

// ── Spec ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const lifecycleHook = (moment: string) =>
  optional(
    object({
      labelsHandler: optional(map(string()).about('The pod waits while it has these labels.')),
      finalizersHandler: optional(array(string()).about('The pod waits while it has these finalizers.')),
      markPodNotReady: assumed(bool().about('The pod gets no traffic while it waits.'), false),
    }).about(moment),
  );

const retention = (when: string) => defaulted(oneOf('Retain', 'Delete').about(when), 'Retain');

const fixed = (field: string, holds: string): Rule => ({
  rule: holds,
  message: `${field} cannot be changed`,
  at: `.${field}`,
  reason: 'FieldValueForbidden',
});

const orEmpty = (field: string) => `(has(${field}) ? ${field} : '')`;

const isOne = (field: string) => `${field} == 1`;

/** Without Parallel one pod moves after the other, so that settings for several at once would be a mistake. */
const parallelUnless = (parent: string, field: string, harmless: (field: string) => string): Rule => {
  const [has, value] = [`has(self.${parent}) && has(self.${parent}.${field})`, `self.${parent}.${field}`];
  return {
    rule: `self.podManagementPolicy == 'Parallel' || !(${has}) || ${harmless(value)}`,
    message: `${field} can only work with Parallel PodManagementPolicyType`,
    at: `.${parent}.${field}`,
  };
};

const spec = object({
  replicas: defaulted(int32({ min: 0 }).about('How many pods are wanted.'), 1),
  selector: nonEmptySelector().about("The set's pods; it must match the labels of the template and cannot be changed."),
  template: podTemplate().about('What the pods look like.'),
  volumeClaimTemplates: optional(array(volumeClaimTemplate()).about('Claims that each pod gets and keeps.')),
  volumeClaimUpdateStrategy: assumed(
    object({
      type: assumed(
        string()
          .about('OnPodRollingUpdate expands claims during a rollout; OnDelete leaves those that exist alone.')
          .as(type => fine(type === 'OnPodRollingUpdate' ? 'OnPodRollingUpdate' : 'OnDelete')),
        'OnDelete',
      ),
    }),
    {},
  ),
  serviceName: assumed(string().about("The headless service of the pods' host names; it cannot be changed."), ''),
  podManagementPolicy: defaulted(
    oneOf('OrderedReady', 'Parallel').about('One pod after the other, or all at once; it cannot be changed.'),
    'OrderedReady',
  ),
  updateStrategy: defaulted(updateStrategy.about('How pods come to a new template.'), {}),
  revisionHistoryLimit: defaulted(int32().about('How many old revisions are kept.'), 10),
  reserveOrdinals: assumed(
    array(ordinalRange()).about('Ordinals that are left out: numbers and ranges such as 3-7.'),
    [],
  ),
  lifecycle: optional(
    object({
      preDelete: lifecycleHook('Before a pod is deleted.'),
      inPlaceUpdate: lifecycleHook('Before a pod is updated in place.'),
      preNormal: lifecycleHook('Before a new pod counts as available.'),
    }),
  ),
  scaleStrategy: optional(
    object({
      maxUnavailable: optional(maxUnavailable().about('How many pods may be unavailable while pods are created.')),
    }),
  ),
  persistentVolumeClaimRetentionPolicy: defaulted(
    object({
      whenDeleted: retention('What happens to claims when the set is deleted.'),
      whenScaled: retention('What happens to claims of pods that are scaled away.'),
    }),
    {},
  ),
  ordinals: assumed(object({ start: assumed(int32().about('The first ordinal.'), 0) }), {}),
})
  .rule(fixed('selector', 'self.selector == oldSelf.selector'))
  .rule(fixed('podManagementPolicy', 'self.podManagementPolicy == oldSelf.podManagementPolicy'))
  .rule(fixed('serviceName', `${orEmpty('self.serviceName')} == ${orEmpty('oldSelf.serviceName')}`))
  .rule(parallelUnless('updateStrategy.rollingUpdate', 'unorderedUpdate', () => 'false'))
  .rule(parallelUnless('updateStrategy.rollingUpdate', 'maxUnavailable', isOne))
  .rule(parallelUnless('scaleStrategy', 'maxUnavailable', isOne));

const status = object({
  observedGeneration: optional(int64().about('The generation that this status belongs to.')),
  replicas: optional(int32().about('Pods that exist.')),
  readyReplicas: optional(int32()),
  availableReplicas: optional(int32().about('Ready for minReadySeconds.')),
  currentReplicas: optional(int32().about('Pods of the current revision.')),
  updatedReplicas: optional(int32().about('Pods of the update revision.')),
  updatedReadyReplicas: optional(int32()),
  updatedAvailableReplicas: optional(int32()),
  currentRevision: optional(string().about('The revision that the last completed rollout brought.')),
  updateRevision: optional(string().about('The revision of the spec.')),
  collisionCount: optional(int32().about('How often the name of a revision was taken.')),
  labelSelector: optional(string().about('The selector as text, for autoscalers.')),
  volumeClaims: optional(
    array(
      object({
        volumeClaimName: string(),
        compatibleReplicas: int32().about('Pods whose claim has the size that the template asks for.'),
        compatibleReadyReplicas: int32().about('Of them, those whose file system has it too.'),
      }),
    ),
  ),
  pods: podCounts(),
  conditions: conditions(),
});

export type StatefulSetSpec = TypeOf<typeof spec>;
export type StatefulSetStatus = TypeOf<typeof status>;

export const statefulSetCrd: Crd = crdOf({
  names: statefulSetNames,
  singular: 'statefulset',
  shortNames: ['sts', 'asts'],
  about: 'Pods with an identity and claims of their own, updated in place where that is possible.',
  spec,
  status,
  scale: { replicas: '.spec.replicas', statusReplicas: '.status.replicas', labelSelector: '.status.labelSelector' },
  columns: [
    { name: 'DESIRED', type: 'integer', path: '.spec.replicas' },
    { name: 'CURRENT', type: 'integer', path: '.status.replicas' },
    { name: 'UPDATED', type: 'integer', path: '.status.updatedReplicas' },
    { name: 'READY', type: 'integer', path: '.status.readyReplicas' },
    { name: 'AGE', type: 'date', path: '.metadata.creationTimestamp' },
    { name: 'CONTAINERS', type: 'string', path: '.spec.template.spec.containers[*].name', wide: true },
    { name: 'IMAGES', type: 'string', path: '.spec.template.spec.containers[*].image', wide: true },
  ],
});

export const normaliseStatefulSet = (object: StoredObject): Normalised<StatefulSetSpec, StatefulSetStatus> => {
  const { value, problems } = decode(spec, object.spec, 'spec');
  return { spec: value, status: decode(status, object.status ?? {}).value ?? {}, problems };
};
