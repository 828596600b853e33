/**
 * The container of a SidecarSet as OpenKruise's webhook would have stored it. Only hashes look at this form: what users
 * wrote is stored as they wrote it, and the apiserver fills in the pod.
 */

import { isObject } from '../../api/json.ts';
import { parseQuantity, printQuantity, roundedToMilli } from '../../api/quantity.ts';
import type { Wire } from '../../kube/contract.ts';

/** In which list of the SidecarSet a container stands; decides where it goes if it does not say. */
export type SidecarList = 'containers' | 'initContainers';

export const defaultedContainer = (container: Wire, list: SidecarList): Wire => ({
  ...filledIn(container, {
    podInjectPolicy: list === 'containers' ? 'BeforeAppContainer' : 'AfterAppContainer',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyFor(container['image']),
  }),
  upgradeStrategy: filledIn(container['upgradeStrategy'], { upgradeType: 'ColdUpgrade' }),
  shareVolumePolicy: filledIn(container['shareVolumePolicy'], { type: 'disabled' }),
  ...member(container, 'resources', resources => ({
    ...resources,
    ...member(resources, 'limits', rounded),
    ...member(resources, 'requests', rounded),
  })),
  ...each(container, 'ports', port => filledIn(port, { protocol: 'TCP' })),
  ...each(container, 'env', env => ({ ...env, ...member(env, 'valueFrom', withFieldRef) })),
  ...each(container, 'transferEnv', entry => ({ ...entry, ...member(entry, 'sourceContainerNameFrom', withFieldRef) })),
  ...member(container, 'livenessProbe', defaultedProbe),
  ...member(container, 'readinessProbe', defaultedProbe),
  ...member(container, 'lifecycle', lifecycle => ({
    ...lifecycle,
    ...member(lifecycle, 'postStart', withHttpGet),
    ...member(lifecycle, 'preStop', withHttpGet),
  })),
  ...member(container, 'resourcesPolicy', policy => filledIn(policy, { targetContainersNameRegex: '.*' })),
});

const rounded = (amounts: Wire): Wire =>
  Object.fromEntries(
    Object.entries(amounts).map(([resource, amount]) => {
      const quantity = parseQuantity(amount);
      return [resource, quantity === undefined ? amount : printQuantity(roundedToMilli(quantity))];
    }),
  );

/** `latest`, or neither tag nor digest: the image may change behind its name. A name that is none says nothing. */
const pullPolicyFor = (image: unknown): string => {
  const [, tag, digest] = imageName.exec(typeof image === 'string' ? image : '') ?? [undefined, ' ', ''];
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
};

/** Registry and lower-case path, tag, digest. */
const imageName = /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9._/-]+(?::([\w][\w.-]{0,127}))?(?:@(\w+:[0-9a-f]{32,}))?$/;

/** The startup probe is not defaulted: OpenKruise leaves it alone, and the hash must be the same. */
const defaultedProbe = (probe: Wire): Wire =>
  filledIn(withHttpGet(probe), { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });

const withHttpGet = (handler: Wire): Wire => ({
  ...handler,
  ...member(handler, 'httpGet', get => filledIn(get, { path: '/', scheme: 'HTTP' })),
});

const withFieldRef = (source: Wire): Wire => ({
  ...source,
  ...member(source, 'fieldRef', ref => filledIn(ref, { apiVersion: 'v1' })),
});

/** Go cannot tell zero from absent: both get the default. */
const filledIn = (value: unknown, defaults: Wire): Wire => {
  const object = isObject(value) ? value : {};
  const missing = Object.entries(defaults).filter(([key]) => isZero(object[key]));
  return { ...object, ...Object.fromEntries(missing) };
};

const isZero = (value: unknown): boolean => value === undefined || value === null || value === '' || value === 0;

const member = (object: Wire, name: string, change: (value: Wire) => Wire): Wire => {
  const value = object[name];
  return isObject(value) ? { [name]: change(value) } : {};
};

const each = (object: Wire, name: string, change: (value: Wire) => Wire): Wire => {
  const items = object[name];
  return Array.isArray(items) ? { [name]: items.map(item => (isObject(item) ? change(item) : item)) } : {};
};
