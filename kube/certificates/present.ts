/** Lets a server show what a Secret in the store holds, now and whenever it changes. */

import type { Resource, Seen } from '../contract.ts';
import type { Log } from '../log.ts';
import type { WebhookServer } from '../server.ts';
import type { Store } from '../store.ts';

export interface PresentOptions {
  readonly store: Store;
  readonly secret: Resource<Seen & { readonly data: Readonly<Partial<Record<string, string>>> }>;
  readonly server: WebhookServer;
  readonly log: Log;
}

/**
 * Returns the function that ends it. A Secret that is gone or damaged changes nothing:
 * the server goes on with what it last showed until somebody has put the Secret right.
 */
export const serveCertificateFrom = ({ store, secret, server, log }: PresentOptions): (() => void) => {
  let shown = '';
  const look = (): void => {
    const [view] = store.list(secret);
    const certificate = view?.data['tls.crt'] ?? '';
    const key = view?.data['tls.key'] ?? '';
    if (certificate === '' || key === '' || certificate === shown) return;
    try {
      server.present({ certificate, key });
      shown = certificate;
      log.info('a certificate is served', { key: view?.key });
    } catch (error) {
      log.error('a certificate cannot be served', { key: view?.key, error: String(error) });
    }
  };
  look();
  return store.subscribe(resource => {
    if (resource === secret) look();
  });
};
