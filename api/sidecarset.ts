/** SidecarSet: containers that are added to pods as they are created, and updated later without the app's doing. */

import { type Crd, crdOf, type KindNames } from './crd.ts';
import { intOrPercent, isIntOrPercent } from './intOrPercent.ts';
import { isObject } from './json.ts';
import { nonEmptySelector, selector } from './labelSelector.ts';
import { group, labels } from './names.ts';
import { container, volume } from './podTemplate.ts';
import { unboundedPriorityStrategy } from './priority.ts';
import { fine } from './problem.ts';
import {
  array,
  assumed,
  bool,
  decode,
  defaulted,
  extended,
  int32,
  int64,
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

export const sidecarSetNames: KindNames = {
  group,
  version: 'v1beta1',
  kind: 'SidecarSet',
  plural: 'sidecarsets',
  scope: 'Cluster',
};

// ── Containers ──────────────────────────────────────────────────────────────────────────────────────────────────────

const resourceExpressions = () =>
  optional(object({ cpu: optional(string()), memory: optional(string()) }).about('An expression for each resource.'));

const resourcesPolicy = object({
  targetContainersMode: oneOf('sum', 'max').about("How the app containers' resources become one number."),
  targetContainersNameRegex: defaulted(string().about('Which app containers are looked at.'), '.*'),
  resourcesExpr: object({ limits: resourceExpressions(), requests: resourceExpressions() }),
}).about("Resources of the sidecar, computed from those of the pod's own containers when the pod is created.");

const transferEnv = object({
  sourceContainerName: optional(string()),
  sourceContainerNameFrom: optional(
    object({
      fieldRef: optional(
        object({ apiVersion: defaulted(string(), 'v1'), fieldPath: string() }).about(
          "A label or annotation of the pod that holds the container's name.",
        ),
      ),
    }),
  ),
  envName: optional(string()),
  envNames: optional(array(string())),
}).about('An environment variable that is copied from an app container.');

/** What is the same for both lists of containers. Values that OpenKruise does not check are plain strings. */
const sidecarFields = {
  upgradeStrategy: defaulted(
    object({
      upgradeType: defaulted(string().about('ColdUpgrade or HotUpgrade; it cannot be changed later.'), 'ColdUpgrade'),
      hotUpgradeEmptyImage: optional(string().about('Image of the twin that is idle under HotUpgrade.')),
    }),
    {},
  ),
  shareVolumeDevicePolicy: optional(
    object({ type: optional(string().about('enabled or disabled.')) }).about("Mounts the app containers' devices too."),
  ),
  transferEnv: optional(array(transferEnv)),
  resourcesPolicy: optional(resourcesPolicy),
};

const sharing = "Mounts the volumes of the pod's own containers too.";

const sidecar = extended(container(), {
  podInjectPolicy: defaulted(
    oneOf('BeforeAppContainer', 'AfterAppContainer').about("Where it stands among the pod's containers."),
    'BeforeAppContainer',
  ),
  shareVolumePolicy: defaulted(
    object({ type: defaulted(oneOf('enabled', 'disabled'), 'disabled') }).about(sharing),
    {},
  ),
  ...sidecarFields,
});

const initSidecar = extended(container(), {
  podInjectPolicy: defaulted(
    string().about("BeforeAppContainer puts it before the pod's own init containers."),
    'AfterAppContainer',
  ),
  shareVolumePolicy: defaulted(object({ type: defaulted(string(), 'disabled') }).about(sharing), {}),
  ...sidecarFields,
});

// ── Spec ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Nobody looks at these fields under another type; there OpenKruise has stored anything. */
const rollingNeeds = (field: string): Rule => ({
  rule: `self.type != 'RollingUpdate' || !has(self.${field}) || ${isIntOrPercent(`self.${field}`)}`,
  message: 'must be a non-negative integer or a percentage',
  at: `.${field}`,
});

const updateStrategy = object({
  type: defaulted(
    string()
      .about('RollingUpdate, or NotUpdate to leave the pods that are there alone.')
      .as(value => fine(value === 'NotUpdate' ? 'NotUpdate' : 'RollingUpdate')),
    'RollingUpdate',
  ),
  paused: assumed(bool().about('Stops updates where they are.'), false),
  selector: optional(selector().about('Only these pods are updated; not together with partition.')),
  partition: defaulted(intOrPercent().about('How many pods, or which share of them, stay as they are.'), 0),
  maxUnavailable: defaulted(intOrPercent().about('How many pods, or which share, may be unavailable at a time.'), 1),
  priorityStrategy: optional(unboundedPriorityStrategy()),
  scatterStrategy: optional(
    array(object({ key: string(), value: string() })).about('Pods with these labels are spread over the rollout.'),
  ),
  nonInPlace: optional(
    oneOf('Keep', 'Recreate').about(
      'What becomes of pods whose change cannot be made in place: Keep leaves them, Recreate evicts them within maxUnavailable if a controller makes them anew.',
    ),
  ),
})
  .rule(rollingNeeds('partition'))
  .rule(rollingNeeds('maxUnavailable'));

const injectionStrategy = object({
  paused: assumed(bool().about('New pods are not injected.'), false),
  onNameConflict: optional(
    oneOf('Replace', 'Refuse').about(
      'What becomes of a new pod whose own container has the name of one of these: Replace puts ours in its place, with a warning; Refuse refuses the pod.',
    ),
  ),
  revision: optional(
    object({
      customVersion: optional(string().about('Inject the newest revision with this custom version.')),
      revisionName: optional(string().about('Inject this ControllerRevision.')),
      policy: defaulted(
        oneOf('Always', 'Partial').about('Partial gives new pods the current spec in the share that is updated.'),
        'Always',
      ),
    }).about('Inject an earlier revision instead of the current spec.'),
  ),
});

const spec = object({
  selector: nonEmptySelector().about('The pods that get the containers.'),
  namespace: optional(string().about('Of v1alpha1: only pods in this namespace; it wins over namespaceSelector.')),
  namespaceSelector: optional(nonEmptySelector().about('Only pods in these namespaces; all of them if absent.')),
  initContainers: optional(array(initSidecar)),
  containers: optional(array(sidecar)),
  volumes: optional(array(volume()).about('Volumes for the containers; only those that they mount are added.')),
  updateStrategy: defaulted(updateStrategy.about('How pods that have the containers are updated.'), {}),
  injectionStrategy: assumed(injectionStrategy.about('How new pods get the containers.'), {}),
  imagePullSecrets: optional(array(object({ name: defaulted(string(), '') }))),
  revisionHistoryLimit: defaulted(int32().about('How many old revisions are kept.'), 10),
  patchPodMetadata: optional(
    array(
      object({
        annotations: optional(map(string())),
        patchPolicy: defaulted(string().about('Retain, Overwrite or MergePatchJson.'), 'Retain'),
      }),
    ).about('Annotations that the pods get too.'),
  ),
  customVersion: optional(string().about('A name of your own for this revision.')),
}).rule({
  rule: '(has(self.containers) && size(self.containers) > 0) || (has(self.initContainers) && size(self.initContainers) > 0)',
  message: 'no initContainer or container defined for SidecarSet',
  reason: 'FieldValueRequired',
});

const status = object({
  observedGeneration: optional(int64().about('The generation that this status belongs to.')),
  matchedPods: optional(int32().about('Pods that have the containers.')),
  updatedPods: optional(int32().about('Of them, those that have the current ones.')),
  readyPods: optional(int32().about('Of them, those that are ready.')),
  updatedReadyPods: optional(int32().about('Of them, those that are both.')),
  latestRevision: optional(string().about('The ControllerRevision of the current spec.')),
  collisionCount: optional(int32().about('How often the name of a revision was taken.')),
  uninjectedPods: optional(int32().about('Pods that should have the containers and do not.')),
  overriddenPods: optional(int32().about("Pods whose own container of the same name one of the set's has replaced.")),
  pods: podCounts(),
  conditions: conditions(),
});

/** A container of a SidecarSet: all of its Kubernetes fields, with those that say how it is injected and updated. */
export type Sidecar = TypeOf<typeof sidecar> | TypeOf<typeof initSidecar>;
export type SidecarSetSpec = Omit<TypeOf<typeof spec>, 'namespace'>;
export type SidecarSetStatus = TypeOf<typeof status>;

export const sidecarSetCrd: Crd = crdOf({
  names: sidecarSetNames,
  singular: 'sidecarset',
  shortNames: [],
  about: 'Containers that are added to pods as they are created, and updated independently of the app.',
  spec,
  status,
  columns: [
    { name: 'MATCHED', type: 'integer', path: '.status.matchedPods' },
    { name: 'UPDATED', type: 'integer', path: '.status.updatedPods' },
    { name: 'READY', type: 'integer', path: '.status.readyPods' },
    { name: 'AGE', type: 'date', path: '.metadata.creationTimestamp' },
  ],
});

// ── One meaning for both versions ───────────────────────────────────────────────────────────────────────────────────

const namespaceNameLabel = 'kubernetes.io/metadata.name';

/**
 * The raw spec as it reads in v1beta1. `spec.namespace` is honoured in both versions, because without a conversion
 * webhook an object that was stored as v1alpha1 comes back under the name of v1beta1, still with that field.
 */
export const sidecarSetSpecInV1beta1 = ({ apiVersion, metadata, spec: raw }: StoredObject): unknown => {
  if (!isObject(raw)) return raw;
  const { namespace, customVersion, ...rest } = raw;
  const label = metadata.labels?.[labels.sidecarSetCustomVersion];
  const version = apiVersion === `${group}/v1alpha1` && label !== undefined ? label : customVersion;
  return {
    ...rest,
    ...inNamespace(namespace),
    ...(version !== undefined && version !== '' && { customVersion: version }),
  };
};

const inNamespace = (namespace: unknown) => {
  if (namespace === undefined || namespace === null || namespace === '') return {};
  if (typeof namespace !== 'string') return { namespace };
  return { namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } } };
};

export const normaliseSidecarSet = (object: StoredObject): Normalised<SidecarSetSpec, SidecarSetStatus> => {
  const { value, problems } = decode(spec, withReadableStrategy(sidecarSetSpecInV1beta1(object)), 'spec');
  const custom = value?.customVersion ?? object.metadata.labels?.[labels.sidecarSetCustomVersion];
  return {
    spec: value && { ...value, ...(custom && { customVersion: custom }) },
    status: decode(status, object.status ?? {}).value ?? {},
    problems,
  };
};

/** Under NotUpdate nobody validates the rest of the strategy; what cannot be read there counts as absent. */
const withReadableStrategy = (raw: unknown): unknown => {
  if (!isObject(raw) || !isObject(raw['updateStrategy'])) return raw;
  const strategy = raw['updateStrategy'];
  if (strategy['type'] !== 'NotUpdate') return raw;
  const readable = Object.entries(strategy).filter(
    ([name, value]) => decode(updateStrategy, { [name]: value }).problems.length === 0,
  );
  return { ...raw, updateStrategy: Object.fromEntries(readable) };
};
