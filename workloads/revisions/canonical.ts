/**
 * One canonical form of a pod template, so that equality is by meaning: an absent field equals its default, quantities
 * compare by value, key order and null do not matter, imagePullPolicy never matters, unknown fields count when present.
 * Taking over templates that another controller has defaulted, or that name a default explicitly, then rolls nothing.
 */

import { canonicalQuantity } from '../../api/quantity.ts';

/** What the API fills in. An `each` applies to every member of a list; `anything` is dropped whatever it is. */
type Defaults =
  | { readonly fields: { readonly [field: string]: Defaults } }
  | { readonly each: Defaults }
  | { readonly value: unknown }
  | { readonly quantities: true }
  | { readonly anything: true };

const fields = (of: { readonly [field: string]: Defaults }): Defaults => ({ fields: of });
const each = (of: { readonly [field: string]: Defaults }): Defaults => ({ each: fields(of) });
const value = (of: unknown): Defaults => ({ value: of });
const quantities: Defaults = { quantities: true };

const httpGet = fields({ path: value('/'), scheme: value('HTTP') });
const probe = fields({
  timeoutSeconds: value(1),
  periodSeconds: value(10),
  successThreshold: value(1),
  failureThreshold: value(3),
  initialDelaySeconds: value(0),
  httpGet,
  grpc: fields({ service: value('') }),
});
const handler = fields({ httpGet });
const fieldRef = fields({ apiVersion: value('v1') });
const mode = value(420);
const items = each({ fieldRef });

const container = {
  imagePullPolicy: { anything: true },
  terminationMessagePath: value('/dev/termination-log'),
  terminationMessagePolicy: value('File'),
  resources: fields({ limits: quantities, requests: quantities }),
  ports: each({ protocol: value('TCP') }),
  env: each({ value: value(''), valueFrom: fields({ fieldRef, resourceFieldRef: fields({ divisor: value('0') }) }) }),
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
    containers: each(container),
    initContainers: each(container),
    overhead: quantities,
    volumes: each({
      hostPath: fields({ type: value('') }),
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

/** Selectors for which `{}` selects everything and absent selects nothing. */
const meaningfulWhenEmpty: ReadonlySet<string> = new Set(['labelSelector', 'namespaceSelector', 'podSelector']);

/** The template with everything removed that a default would put back, keys sorted. Images are kept. */
export const canonicalTemplate = (of: unknown): unknown => canonical(of, template) ?? {};

const canonical = (of: unknown, defaults: Defaults | undefined): unknown => {
  if (of === null || of === undefined) return undefined;
  if (defaults !== undefined && 'anything' in defaults) return undefined;
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
  if (defaults !== undefined && 'quantities' in defaults)
    return typeof of === 'string' || typeof of === 'number' ? (canonicalQuantity(String(of)) ?? of) : of;
  const known = defaults !== undefined && 'fields' in defaults && Object.hasOwn(defaults.fields, key);
  const result = canonical(of, known ? defaults.fields[key] : undefined);
  return result === undefined && of !== null && meaningfulWhenEmpty.has(key) ? {} : result;
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
    return keys.flatMap(key => differences(a[key], b[key], path === '' ? key : `${path}.${key}`));
  }
  return [path];
};

const isObject = (of: unknown): of is Record<string, unknown> =>
  typeof of === 'object' && of !== null && !Array.isArray(of);
