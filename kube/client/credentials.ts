/** Who we are and whom we talk to, from a kubeconfig or from the pod that we run in; read again as both may rotate. */

import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';

/** `in-cluster`, or the path of a kubeconfig. */
export type Source = 'in-cluster' | { readonly kubeconfig: string };

export interface Credentials {
  /** Origin and base path, e.g. `https://10.0.0.1:6443`. */
  readonly server: URL;
  readonly tls: Tls;
  /** Authentication and impersonation. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Tls {
  readonly ca?: Pem;
  readonly cert?: Pem;
  readonly key?: Pem;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

type Pem = string | Buffer;

const load = (source: Source): KubeConfig => {
  const config = new KubeConfig();
  if (source === 'in-cluster') config.loadFromCluster();
  else config.loadFromFile(source.kubeconfig);
  return config;
};

const serverOf = (config: KubeConfig): URL => {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`the kubeconfig has no cluster for its context '${config.currentContext}'`);
  if (cluster.proxyUrl) throw new Error('proxy-url in a kubeconfig is not supported');
  return new URL(cluster.server);
};

const pem = (value: unknown): Pem | undefined =>
  typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined;

const present = <T>(name: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [name]: value };

const tlsOf = (options: RequestOptions): Tls => ({
  ...present('ca', pem(options.ca)),
  ...present('cert', pem(options.cert)),
  ...present('key', pem(options.key)),
  ...present('servername', options.servername),
  ...present('rejectUnauthorized', options.rejectUnauthorized),
});

const headersOf = (options: RequestOptions): Record<string, string> => {
  // Files of tokens often end in a newline.
  const given = Object.entries(options.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value).trim()] as const,
  );
  const basic = options.auth
    ? [['authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`] as const]
    : [];
  return Object.fromEntries([...given, ...basic]);
};

/**
 * Returns a function that gives the credentials as they are now. `afresh` reads every file again, as after a 401;
 * `again` lets credential plugins answer from their cache.
 * @throws Error if the configuration cannot be read or names no cluster
 */
export const credentialsFrom = (source: Source): ((how: 'again' | 'afresh') => Promise<Credentials>) => {
  let config = load(source);
  return async how => {
    if (how === 'afresh') config = load(source);
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return { server: serverOf(config), tls: tlsOf(options), headers: headersOf(options) };
  };
};
