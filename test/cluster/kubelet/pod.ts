/** What the fake kubelet sees of a pod: the parts of the spec that it plays, and the status as it is stored. */

import { type KubeObject, type Resource, type Seen, seenOf, type Wire } from '../../../kube/contract.ts';
import { numberIn, objectIn, objectsIn, textIn, textsIn } from './wire.ts';

/** `sidecar`: an init container with restartPolicy Always, which runs beside the main containers. */
export type Kind = 'init' | 'sidecar' | 'main';

export interface ContainerSpec {
  readonly name: string;
  readonly kind: Kind;
  readonly image: string;
  /** The command line, arguments included; empty for what the image would run. */
  readonly command: readonly string[];
  readonly probed: boolean;
  /** Requests and limits as in the spec. */
  readonly resources: Wire;
  /** Keys of ConfigMaps without which its environment cannot be made up. */
  readonly needs: readonly ConfigKey[];
}

export interface ConfigKey {
  readonly configMap: string;
  readonly key: string;
}

export interface KubeletPod extends Seen {
  readonly node: string;
  /** Set while the pod is being deleted; 0 seconds when only finalizers keep it. */
  readonly deletion: { readonly graceSeconds: number } | undefined;
  readonly annotations: ReadonlyMap<string, string>;
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly gates: readonly string[];
  readonly graceSeconds: number;
  /** Init containers first, in the order of the spec. */
  readonly containers: readonly ContainerSpec[];
  readonly status: Wire;
}

const containerIn = (wire: Wire, kind: Kind): ContainerSpec => ({
  name: textIn(wire['name']),
  kind,
  image: textIn(wire['image']),
  command: [...textsIn(wire['command']), ...textsIn(wire['args'])],
  probed: wire['readinessProbe'] !== undefined,
  resources: objectIn(wire['resources']),
  needs: objectsIn(wire['env']).flatMap(variable => {
    const { name, key, optional } = objectIn(objectIn(variable['valueFrom'])['configMapKeyRef']);
    return key === undefined || optional === true ? [] : [{ configMap: textIn(name), key: textIn(key) }];
  }),
});

const containersIn = (spec: Wire): readonly ContainerSpec[] => [
  ...objectsIn(spec['initContainers']).map(c => containerIn(c, c['restartPolicy'] === 'Always' ? 'sidecar' : 'init')),
  ...objectsIn(spec['containers']).map(c => containerIn(c, 'main')),
];

const restartPolicyIn = (value: unknown): KubeletPod['restartPolicy'] =>
  value === 'OnFailure' || value === 'Never' ? value : 'Always';

const deletionIn = (metadata: Wire): KubeletPod['deletion'] =>
  textIn(metadata['deletionTimestamp']) === ''
    ? undefined
    : { graceSeconds: numberIn(metadata['deletionGracePeriodSeconds'], 0) };

const annotationsIn = (value: unknown): ReadonlyMap<string, string> =>
  new Map(Object.entries(objectIn(value)).map(([key, text]) => [key, textIn(text)]));

/** The view of a pod; undefined before it is bound to a node. */
export const podView = (object: KubeObject): KubeletPod | undefined => {
  const spec = objectIn(object['spec']);
  const node = textIn(spec['nodeName']);
  if (node === '') return undefined;
  return {
    ...seenOf(object),
    node,
    deletion: deletionIn({ ...object.metadata }),
    annotations: annotationsIn(object.metadata.annotations),
    restartPolicy: restartPolicyIn(spec['restartPolicy']),
    gates: objectsIn(spec['readinessGates']).map(gate => textIn(gate['conditionType'])),
    graceSeconds: numberIn(spec['terminationGracePeriodSeconds'], 30),
    containers: containersIn(spec),
    status: objectIn(object['status']),
  };
};

/** The status of one condition as it is stored, e.g. `True`; empty when nobody has set it. */
export const conditionOf = (pod: KubeletPod, type: string): string =>
  textIn(objectsIn(pod.status['conditions']).find(c => c['type'] === type)?.['status']);

/** A wish in an annotation, for one container (`fake-kubelet/exit-code.main`) or for the whole pod (`fake-kubelet/exit-code`). */
export const annotation = (pod: KubeletPod, name: string, container: string): string | undefined =>
  pod.annotations.get(`fake-kubelet/${name}.${container}`) ?? pod.annotations.get(`fake-kubelet/${name}`);

interface ConfigMapView extends Seen {
  readonly keys: ReadonlySet<string>;
}

export const configMaps: Resource<ConfigMapView> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  view: object => ({ ...seenOf(object), keys: new Set(Object.keys(objectIn(object['data']))) }),
  indexes: {},
};

export const boundPods: Resource<KubeletPod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
  view: podView,
  indexes: { node: { valuesOf: pod => [pod.node] } },
  select: { fields: 'spec.nodeName!=' },
};
