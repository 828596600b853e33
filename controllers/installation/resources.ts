/** What keeping certificates looks at: one Secret, our webhook configurations, and a certificate kept ready. */

import { isObject } from '../../api/json.ts';
import type { KubeObject, Resource, Seen, Wire } from '../../kube/contract.ts';
import { seenOf } from '../../kube/contract.ts';

/**
 * Keys of the Secret, their values decoded. `next.*` are there while a successor is announced but not in use:
 * its authority is in `ca.crt` already, and it may be used from `next.from` on (milliseconds since the epoch).
 */
export type CertificateKey = 'tls.crt' | 'tls.key' | 'ca.crt' | 'next.crt' | 'next.key' | 'next.from';
export type CertificateData = { readonly [key in CertificateKey]?: string };

export interface SecretView extends Seen {
  readonly data: CertificateData;
  /** The object has a `data` map that a patch can add to. */
  readonly hasData: boolean;
  /** cert-manager writes this Secret; we only read it. */
  readonly keptByCertManager: boolean;
}

/** The Secret of one installation. */
export const certificateSecret = (namespace: string, name: string): Resource<SecretView> => ({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  view: secretViewOf,
  indexes: {},
  select: { namespace, fields: `metadata.name=${name}` },
});

const keys: readonly CertificateKey[] = ['tls.crt', 'tls.key', 'ca.crt', 'next.crt', 'next.key', 'next.from'];

const secretViewOf = (object: KubeObject): SecretView => {
  const data = isObject(object['data']) ? object['data'] : undefined;
  const known = keys.flatMap(key => {
    const value = data?.[key];
    return typeof value === 'string' ? [[key, decoded(value)]] : [];
  });
  return {
    ...seenOf(object),
    data: Object.fromEntries(known) as CertificateData,
    hasData: data !== undefined,
    keptByCertManager: Object.hasOwn(object.metadata.annotations ?? {}, 'cert-manager.io/certificate-name'),
  };
};

export interface ConfigurationView extends Seen {
  readonly entries: readonly Entry[];
}

/** One webhook of a configuration, at its index; only how it is reached. */
export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly caBundle: string;
  /** Undefined when a Service is called. */
  readonly url: string | undefined;
  readonly hasService: boolean;
}

/** Whether it was made callable: without a bundle no call can succeed. */
export const isArmed = ({ caBundle }: Entry): boolean => caBundle !== '';

type ConfigurationKind = 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';

/** Our configuration of one kind; it is the installer's, who says what is sent to us and what happens if we fail. */
export const webhookConfiguration = (kind: ConfigurationKind, name: string): Resource<ConfigurationView> => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  scope: 'Cluster',
  view: configurationViewOf,
  indexes: {},
  select: { fields: `metadata.name=${name}` },
});

const configurationViewOf = (object: KubeObject): ConfigurationView => {
  const webhooks = Array.isArray(object['webhooks']) ? object['webhooks'] : [];
  return { ...seenOf(object), entries: webhooks.map(entryOf) };
};

const entryOf = (webhook: unknown): Entry => {
  const { name, clientConfig } = isObject(webhook) ? webhook : {};
  const { caBundle, url, service } = isObject(clientConfig) ? clientConfig : {};
  const path = isObject(service) ? service['path'] : pathOf(url);
  return {
    name: textOf(name),
    path: textOf(path),
    caBundle: decoded(textOf(caBundle)),
    url: typeof url === 'string' ? url : undefined,
    hasService: isObject(service),
  };
};

export interface EndpointsView extends Seen {
  /** There is an address behind the Service that is ready to be called. */
  readonly isReady: boolean;
}

/** What stands behind the webhooks' Service. */
export const endpointsOf = (namespace: string, service: string): Resource<EndpointsView> => ({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  view: object => ({ ...seenOf(object), isReady: endpointsIn(object).some(isReadyEndpoint) }),
  indexes: {},
  select: { namespace, labels: `kubernetes.io/service-name=${service}` },
});

const endpointsIn = ({ endpoints }: Wire): readonly unknown[] => (Array.isArray(endpoints) ? endpoints : []);

/** Whoever writes slices may leave the condition out of those that are ready. */
const isReadyEndpoint = (endpoint: unknown): boolean => {
  const { conditions } = isObject(endpoint) ? endpoint : {};
  return isObject(endpoint) && (isObject(conditions) ? conditions['ready'] : undefined) !== false;
};

export interface SpareView extends Seen {
  readonly material: { readonly 'tls.crt': string; readonly 'tls.key': string; readonly 'ca.crt': string };
}

/** A certificate that nobody uses yet, under the key of the Secret it is for. It is in this process's store only: no apiserver lists it. */
export const spareCertificate: Resource<SpareView> = {
  group: 'local.berth',
  version: 'v1',
  kind: 'SpareCertificate',
  plural: 'sparecertificates',
  scope: 'Namespaced',
  view: () => undefined,
  indexes: {},
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString();
const pathOf = (url: unknown): string => (URL.canParse(textOf(url)) ? new URL(textOf(url)).pathname : '');
