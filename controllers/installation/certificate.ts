/**
 * What should happen to the certificate now.
 *
 *   nothing ──due──▶ announced: its authority is trusted, it is not shown ──everyone trusts it──▶ shown
 *      └──missing or broken──▶ replaced at once
 *
 * A certificate is shown only after the configurations trust its authority, so no call fails in a renewal.
 */

import type { Action, Instant, Op, Resource } from '../../kube/contract.ts';
import { pointer, targetOf } from '../../kube/contract.ts';
import { type CertificateData, type CertificateKey, isArmed, type SecretView } from './resources.ts';
import type { Options, Validity, World } from './world.ts';

export interface Step {
  readonly actions: readonly Action[];
  /** When time alone changes what is to be done. */
  readonly until?: Instant;
}

const wait = (until?: Instant): Step => ({ actions: [], ...(until !== undefined && { until }) });

export const certificateStep = (world: World, options: Options, now: Instant): Step => {
  const { secret } = world;
  if (secret === undefined) return create(world, options);
  if (secret.keptByCertManager) return wait();
  const validity = options.inspect(secret.data, now);
  switch (validity.is) {
    case 'broken':
      return replace({ ...world, secret }, options, { because: validity.why, now });
    case 'good':
      return now < validity.dueAt ? wait(validity.dueAt) : renew({ ...world, secret }, options, { validity, now });
  }
};

interface Existing extends World {
  readonly secret: SecretView;
}

const create = ({ spare }: World, { secret: resource, namespace, name }: Options): Step => {
  if (spare === undefined) return wait();
  const data = Object.fromEntries(Object.entries(spare.material).map(([key, value]) => [key, encoded(value)]));
  const metadata = { namespace, name, labels: { 'app.kubernetes.io/managed-by': 'berth' } };
  const object = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data };
  return { actions: [{ do: 'create', resource, object, why: 'the webhooks have no certificate yet' }] };
};

/** A successor that is announced is trusted already; a spare is trusted a moment after it is shown. */
const replace = (
  { secret, spare }: Existing,
  { secret: resource, inspect }: Options,
  { because, now }: { readonly because: string; readonly now: Instant },
): Step => {
  const why = `the certificate must be replaced: ${because}`;
  const successor = successorOf(secret.data);
  if (inspect(successor, now).is === 'good') return change(resource, secret, why, { ...successor, ...noSuccessor });
  return spare === undefined ? wait() : change(resource, secret, why, { ...spare.material, ...noSuccessor });
};

const renew = (
  { secret, spare, configurations }: Existing,
  { secret: resource, inspect, overlap }: Options,
  { validity, now }: { readonly validity: Extract<Validity, { is: 'good' }>; readonly now: Instant },
): Step => {
  const successor = successorOf(secret.data);
  if (inspect(successor, now).is === 'broken') {
    if (spare === undefined) return wait();
    return change(resource, secret, 'the certificate is due: its successor is announced', {
      'next.crt': spare.material['tls.crt'],
      'next.key': spare.material['tls.key'],
      'next.from': String(now + overlap),
      'ca.crt': spare.material['ca.crt'] + validity.authority,
    });
  }
  const from = Number(secret.data['next.from'] ?? 0);
  if (now < from) return wait(from);
  const bundle = secret.data['ca.crt'];
  const trusted = configurations.every(({ view }) =>
    view.entries.every(entry => entry.caBundle === bundle || !isArmed(entry)),
  );
  if (!trusted) return wait();
  return change(resource, secret, 'everyone trusts the new certificate', { ...successor, ...noSuccessor });
};

/** The announced successor, as if it were in use. */
const successorOf = (data: CertificateData): CertificateData => ({
  'tls.crt': data['next.crt'] ?? '',
  'tls.key': data['next.key'] ?? '',
  'ca.crt': data['ca.crt'] ?? '',
});

/** Undefined takes a key away. */
type Change = { readonly [key in CertificateKey]?: string | undefined };

const noSuccessor: Change = { 'next.crt': undefined, 'next.key': undefined, 'next.from': undefined };

const change = (resource: Resource, secret: SecretView, why: string, data: Change): Step => {
  const ops = Object.entries(data).flatMap(([key, value]): readonly Op[] => {
    const path = pointer('data', key);
    if (value !== undefined) return [{ op: 'add', path, value: encoded(value) }];
    return Object.hasOwn(secret.data, key) ? [{ op: 'remove', path }] : [];
  });
  const room: readonly Op[] = secret.hasData ? [] : [{ op: 'add', path: '/data', value: {} }];
  const patch = { as: 'json', ops: [...room, ...ops] } as const;
  const target = targetOf(resource, secret);
  return { actions: [{ do: 'patch', target, part: 'object', guard: 'uid and version', patch, why }] };
};

const encoded = (value: string): string => Buffer.from(value).toString('base64');
