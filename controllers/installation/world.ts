/** What the controller sees, and what it was told when it was made. */

import type { Instant, Key, Millis, Reader, Resource } from '../../kube/contract.ts';
import {
  type CertificateData,
  type ConfigurationView,
  type EndpointsView,
  type SecretView,
  type SpareView,
  spareCertificate,
} from './resources.ts';

export interface Options {
  /** `certificateSecret(namespace, name)`: the same value that the webhook process reads. */
  readonly secret: Resource<SecretView>;
  readonly namespace: string;
  readonly name: string;
  readonly configurations: readonly Resource<ConfigurationView>[];
  /** `endpointsOf` the Service in front of the webhooks. */
  readonly endpoints: Resource<EndpointsView>;
  /** Where the webhooks are called if not behind a Service, without a path or a last slash, e.g. `https://127.0.0.1:9443`. */
  readonly webhookUrl?: string;
  /** Between announcing a new certificate and showing it; covers the time until every apiserver has read the configurations. */
  readonly overlap: Millis;
  /** Reads X.509, for the names under which the webhooks are called. */
  readonly inspect: (data: CertificateData, now: Instant) => Validity;
}

export type Validity =
  /** `authority`: PEM of the one that issued the certificate. */
  | { readonly is: 'good'; readonly dueAt: Instant; readonly authority: string }
  | { readonly is: 'broken'; readonly why: string };

export interface World {
  readonly secret: SecretView | undefined;
  readonly spare: SpareView | undefined;
  readonly configurations: readonly Configuration[];
  /** A call to the Service would find somebody. */
  readonly isServed: boolean;
}

export interface Configuration {
  readonly resource: Resource<ConfigurationView>;
  readonly view: ConfigurationView;
}

/** There is always a world: a missing Secret is what this controller is for. */
export const observe = (key: Key, reader: Reader, { secret, configurations, endpoints }: Options): World => ({
  secret: reader.get(secret, key),
  spare: reader.get(spareCertificate, key),
  configurations: configurations.flatMap(resource => reader.list(resource).map(view => ({ resource, view }))),
  isServed: reader.list(endpoints).some(({ isReady }) => isReady),
});
