/**
 * One canonical form of a pod template, so that equality is by meaning: an absent field equals its default, quantities
 * compare by value, key order and null do not matter, imagePullPolicy never matters, unknown fields count when present.
 * Taking over templates that another controller has defaulted, or that name a default explicitly, then rolls nothing.
 */

import { isObject } from '../../api/json.ts';
import { parseQuantity, roundedToMilli } from '../../api/quantity.ts';

/** What the API fills in. An `each` applies to every member of a list; `anything` is dropped whatever it is. */
type Defaults =
  | { readonly fields: { readonly [field: string]: Defaults } }
  | { readonly each: Defaults }
  | { readonly value: unknown }
  | { readonly quantity: true; readonly absent?: string }
  | { readonly quantities: true }
  | { readonly anything: true };

const fields = (of: { readonly [field: string]: Defaults }): Defaults => ({ fields: of });
const each = (of: { readonly [field: string]: Defaults }): Defaults => ({ each: fields(of) });
const value = (of: unknown): Defaults => ({ value: of });
const quantity: Defaults = { quantity: true };
const quantities: Defaults = { quantities: true };
/** Go leaves out what is false, 0 or empty, unless the field is a pointer. */
const off = value(false);
const zero = value(0);
const empty = value('');

const httpGet = fields({ path: value('/'), scheme: value('HTTP') });
const probe = fields({
  timeoutSeconds: value(1),
  periodSeconds: value(10),
  successThreshold: value(1),
  failureThreshold: value(3),
  initialDelaySeconds: zero,
  httpGet,
  grpc: fields({ service: empty }),
});
const handler = fields({ httpGet });
const fieldRef = fields({ apiVersion: value('v1') });
const mode = value(420);
const resourceFieldRef = fields({ divisor: { quantity: true, absent: '0' }, containerName: empty });
const items = each({ fieldRef, resourceFieldRef });

const container = {
  imagePullPolicy: { anything: true },
  terminationMessagePath: value('/dev/termination-log'),
  terminationMessagePolicy: value('File'),
  resources: fields({ limits: quantities, requests: quantities }),
  ports: each({ protocol: value('TCP'), hostPort: zero, hostIP: empty, name: empty }),
  env: each({ value: empty, valueFrom: fields({ fieldRef, resourceFieldRef }) }),
  workingDir: empty,
  stdin: off,
  stdinOnce: off,
  tty: off,
  volumeMounts: each({ readOnly: off, subPath: empty, subPathExpr: empty }),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: fields({ postStart: handler, preStop: handler }),
} as const;

const template = fields({
  metadata: fields({ creationTimestamp: { anything: true } }),
  spec: fields({
    dnsPolicy: value('ClusterFirst'),
    restartPolicy: value('Always'),
    schedulerName: value('default-scheduler'),
    terminationGracePeriodSeconds: value(30),
    enableServiceLinks: value(true),
    hostNetwork: off,
    hostPID: off,
    hostIPC: off,
    nodeName: empty,
    hostname: empty,
    subdomain: empty,
    priorityClassName: empty,
    containers: each(container),
    initContainers: each(container),
    ephemeralContainers: each(container),
    overhead: quantities,
    volumes: each({
      emptyDir: fields({ medium: empty, sizeLimit: quantity }),
      ephemeral: fields({
        volumeClaimTemplate: fields({
          metadata: fields({ creationTimestamp: { anything: true } }),
          spec: fields({ resources: fields({ limits: quantities, requests: quantities }) }),
        }),
      }),
      hostPath: fields({ type: empty }),
      persistentVolumeClaim: fields({ readOnly: off }),
      nfs: fields({ readOnly: off }),
      secret: fields({ defaultMode: mode }),
      configMap: fields({ defaultMode: mode }),
      downwardAPI: fields({ defaultMode: mode, items }),
      projected: fields({
        defaultMode: mode,
        sources: each({
          downwardAPI: fields({ items }),
          serviceAccountToken: fields({ expirationSeconds: value(3600) }),
        }),
      }),
    }),
  }),
});

/** For these `{}` says more than nothing: a selector that selects everything. */
const meaningfulWhenEmpty: ReadonlySet<string> = new Set([
  'labelSelector',
  'namespaceSelector',
  'podSelector',
  'downwardAPI', // a source of a volume: without one, a volume is an emptyDir
  'projected',
]);

/** The template with everything removed that a default would put back, keys sorted. Images are kept. */
export const canonicalTemplate = (of: unknown): unknown => canonical(of, template) ?? {};

const canonical = (of: unknown, defaults: Defaults | undefined): unknown => {
  if (of === null || of === undefined) return undefined;
  if (defaults !== undefined && 'anything' in defaults) return undefined;
  if (defaults !== undefined && 'quantity' in defaults)
    return of === defaults.absent ? undefined : canonicalQuantity(of);
  if (defaults !== undefined && 'value' in defaults)
    return of === defaults.value ? undefined : canonical(of, undefined);
  if (Array.isArray(of)) return canonicalList(of, defaults);
  if (typeof of === 'object') return canonicalObject(of, defaults);
  return of;
};

const canonicalList = (list: readonly unknown[], defaults: Defaults | undefined): unknown => {
  const member = defaults !== undefined && 'each' in defaults ? defaults.each : undefined;
  return list.length === 0 ? undefined : list.map(item => canonical(item, member) ?? {});
};

const canonicalObject = (object: object, defaults: Defaults | undefined): unknown => {
  const entries = Object.entries(object)
    .map(([key, of]) => [key, canonicalField(key, of, defaults)] as const)
    .filter(([, of]) => of !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

const canonicalField = (key: string, of: unknown, defaults: Defaults | undefined): unknown => {
  if (defaults !== undefined && 'quantities' in defaults) return canonicalQuantity(of);
  const known = defaults !== undefined && 'fields' in defaults && Object.hasOwn(defaults.fields, key);
  const result = canonical(of, known ? defaults.fields[key] : undefined);
  return result === undefined && of !== null && meaningfulWhenEmpty.has(key) ? {} : result;
};

/** Kubernetes stores thousandths at the finest. */
const canonicalQuantity = (of: unknown): unknown => {
  const parsed = parseQuantity(of);
  return parsed === undefined ? of : roundedToMilli(parsed).nano.toString();
};

/** Equal in meaning. */
export const sameTemplate = (a: unknown, b: unknown): boolean =>
  JSON.stringify(canonicalTemplate(a)) === JSON.stringify(canonicalTemplate(b));

/** Field paths, such as `spec.containers[0].env`, at which two canonical values differ; lists of scalars count as one field. */
export const differences = (a: unknown, b: unknown, path = ''): readonly string[] => {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every(item => typeof item === 'object'))
    return a.flatMap((item, index) => differences(item, b[index], `${path}[${index}]`));
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return keys.flatMap(key => differences(own(a, key), own(b, key), path === '' ? key : `${path}.${key}`));
  }
  return [path];
};

const own = (of: Record<string, unknown>, key: string): unknown => (Object.hasOwn(of, key) ? of[key] : undefined);
