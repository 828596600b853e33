/** Keeps a certificate ready in the store, so that whoever plans with it need not wait for key material. */

import { type Material, makeMaterial, type Wanted } from '../certificates.ts';
import type { Clock } from '../clock.ts';
import { keyOf, type Resource, type Seen } from '../contract.ts';
import type { Store } from '../store.ts';

export interface SpareOptions {
  readonly store: Store;
  /** Where the spare is kept: a resource that no apiserver has. */
  readonly spare: Resource<Seen & { readonly material: Material }>;
  /** Where it is used: seen there, it is no spare any more. */
  readonly secret: Resource<Seen & { readonly data: Readonly<Partial<Record<string, string>>> }>;
  /** Of the Secret; the spare is kept under the same key. */
  readonly namespace: string;
  readonly name: string;
  readonly wanted: Wanted;
  readonly clock: Clock;
}

/** A spare's life has begun, so an old one is replaced. */
const freshFor = 86_400_000;

/** Runs until the signal aborts; then resolves. Both resources must be registered in the store. */
export const keepSpare = async (options: SpareOptions, signal: AbortSignal): Promise<void> => {
  const { store, spare, namespace, name, wanted, clock } = options;
  for (let made = 1; !signal.aborted; made += 1) {
    const material = await makeMaterial(wanted, clock.now());
    if (signal.aborted) return;
    const seen = { key: keyOf(namespace, name), namespace, name, uid: 'spare', resourceVersion: String(made) };
    store.keep(spare, { ...seen, generation: 0, material });
    await usedOrOld(material, options, signal);
  }
};

const usedOrOld = (material: Material, options: SpareOptions, signal: AbortSignal): Promise<void> => {
  const { store, secret, clock } = options;
  const { promise, resolve } = Promise.withResolvers<void>();
  const isUsed = (): boolean =>
    store.list(secret).some(({ data }) => Object.values(data).includes(material['tls.crt']));
  const unsubscribe = store.subscribe(resource => {
    if (resource === secret && isUsed()) resolve();
  });
  const cancel = clock.after(freshFor, resolve);
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  return promise.finally(() => {
    unsubscribe();
    cancel();
    signal.removeEventListener('abort', stop);
  });
};
