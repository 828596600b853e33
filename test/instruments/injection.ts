/** Which SidecarSets a new pod should have got, and how it should look: an oracle beside the product, sharing no code with it. */

import type { KubeObject, Wire } from '../../kube/contract.ts';
import { keyOf, list, record, text } from './objects.ts';
import { selects } from './ours.ts';
import type { World } from './world.ts';

/** Namespaces in which nothing is ever injected. */
const exempt: ReadonlySet<string> = new Set(['kube-system', 'berth-system']);
const baseOf = 'apps.kruise.io/sidecarset-base';
const isCanary = 'apps.kruise.io/sidecarset-canary';

/** Sets whose selectors match the pod, by name; the base of a canary that matches too is left out. */
export const setsMatching = (pod: KubeObject, world: World): readonly KubeObject[] => {
  const { namespace = '', labels = {} } = pod.metadata;
  if (exempt.has(namespace)) return [];
  const home = [...world.of('Namespace').values()].find(({ metadata }) => metadata.name === namespace);
  const homeLabels = { ...home?.metadata.labels, 'kubernetes.io/metadata.name': namespace };
  const matching = [...world.of('SidecarSet').values()].filter(({ metadata, ...set }) => {
    const { selector, namespace: only, namespaceSelector, injectionStrategy } = record(set['spec']);
    return (
      metadata.deletionTimestamp === undefined &&
      record(injectionStrategy)['paused'] !== true &&
      selects(selector, labels) &&
      (text(only) === '' || only === namespace) &&
      (namespaceSelector === undefined || selects(namespaceSelector, homeLabels))
    );
  });
  const bases = new Set(
    matching.flatMap(({ metadata: { annotations = {} } }) =>
      annotations[isCanary] === 'true' ? annotations[baseOf] : [],
    ),
  );
  return matching.filter(set => !bases.has(keyOf(set))).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
};

/** The set says that its present generation goes into every new pod. */
export const isActive = (set: KubeObject): boolean => {
  const { conditions, observedGeneration } = record(set['status']);
  const active = list(conditions).some(c => c['type'] === 'InjectionActive' && c['status'] === 'True');
  return active && observedGeneration === set.metadata.generation;
};

/** Whether new pods get the spec as it stands, and not a revision that somebody pinned. */
const isPlain = (set: KubeObject): boolean =>
  record(record(set['spec'])['injectionStrategy'])['revision'] === undefined;

/** A container that is upgraded hot comes twice, and the second waits with another image. */
const namesInPod = ({ name, upgradeStrategy }: Wire): readonly string[] =>
  record(upgradeStrategy)['upgradeType'] === 'HotUpgrade' ? [`${text(name)}-1`, `${text(name)}-2`] : [text(name)];

/** Names of the containers that a set adds. */
export const namesAdded = (set: KubeObject): readonly string[] => {
  const { containers, initContainers } = record(set['spec']);
  return [...list(containers), ...list(initContainers)].flatMap(namesInPod);
};

/** What is wrong with a new pod, in sentences; `taken`: names of containers that an earlier set or the pod itself has. */
export const faultsOfInjection = (pod: KubeObject, set: KubeObject, taken: ReadonlySet<string>): readonly string[] => {
  if (!isPlain(set)) return [];
  const spec = record(set['spec']);
  const inPod = record(pod['spec']);
  return [
    ...containersMissing(list(inPod['containers']), list(spec['containers']), taken),
    ...containersMissing(list(inPod['initContainers']), list(spec['initContainers']), taken),
    ...misplaced(list(inPod['containers']), list(spec['containers']), taken),
    ...volumesMissing(inPod, spec),
  ];
};

const containersMissing = (
  inPod: readonly Wire[],
  wanted: readonly Wire[],
  taken: ReadonlySet<string>,
): readonly string[] =>
  wanted.flatMap(container => {
    const [first, second] = namesInPod(container);
    return [first, second]
      .filter(name => name !== undefined && !taken.has(name))
      .flatMap(name => {
        const found = inPod.filter(other => other['name'] === name);
        const [one] = found;
        if (one === undefined || found.length > 1) return [`it has container ${name} ${found.length} times`];
        const isOther = name === first && one['image'] !== container['image'];
        return [
          ...(isOther ? [`its container ${name} runs ${text(one['image'])}`] : []),
          ...variablesMissing(one, container, inPod),
        ];
      });
  });

/** Own variables, the mark of injection, and those taken over from containers of the app. */
const variablesMissing = (one: Wire, wanted: Wire, inPod: readonly Wire[]): readonly string[] => {
  const has = new Map(list(one['env']).map(variable => [text(variable['name']), variable]));
  const own = ['IS_INJECTED', ...list(wanted['env']).map(variable => text(variable['name']))];
  const transferred = list(wanted['transferEnv']).flatMap(transfer => {
    const source = inPod.find(container => container['name'] === transfer['sourceContainerName']);
    const names = [transfer['envName'], ...(Array.isArray(transfer['envNames']) ? transfer['envNames'] : [])].map(text);
    return list(source?.['env']).filter(variable => names.includes(text(variable['name'])));
  });
  return [
    ...own
      .filter(name => !has.has(name))
      .map(name => `its container ${text(wanted['name'])} lacks the variable ${name}`),
    ...transferred
      .filter(
        variable =>
          has.get(text(variable['name']))?.['value'] !== variable['value'] && !own.includes(text(variable['name'])),
      )
      .map(variable => `its container ${text(wanted['name'])} has not taken over ${text(variable['name'])}`),
  ];
};

/** Behind or in front of the app's own. */
const misplaced = (inPod: readonly Wire[], wanted: readonly Wire[], taken: ReadonlySet<string>): readonly string[] => {
  const isInjected = (container: Wire): boolean =>
    list(container['env']).some(variable => variable['name'] === 'IS_INJECTED' && variable['value'] === 'true');
  const own = inPod.flatMap((container, index) => (isInjected(container) ? [] : [index]));
  return wanted.flatMap(({ name, podInjectPolicy }) => {
    const index = inPod.findIndex(container => container['name'] === name);
    if (index < 0 || taken.has(text(name))) return [];
    const isRight =
      podInjectPolicy === 'AfterAppContainer' ? own.every(other => other < index) : own.every(other => index < other);
    return isRight
      ? []
      : [`its container ${text(name)} is not where ${text(podInjectPolicy) || 'BeforeAppContainer'} puts it`];
  });
};

const volumesMissing = (inPod: Wire, spec: Wire): readonly string[] => {
  const names = list(inPod['volumes']).map(({ name }) => text(name));
  const mounted = new Set(
    [...list(spec['containers']), ...list(spec['initContainers'])]
      .flatMap(container => list(container['volumeMounts']))
      .map(({ name }) => text(name)),
  );
  return list(spec['volumes'])
    .map(({ name }) => text(name))
    .filter(name => mounted.has(name) && names.filter(other => other === name).length !== 1)
    .map(name => `it has volume ${name} ${names.filter(other => other === name).length} times`);
};
