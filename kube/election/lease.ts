/** The Lease that candidates share: what one sees in it and what it may do. Pure. */

import { microTimeOf } from '../clock.ts';
import { type Instant, type KubeObject, type Millis, seconds, type Wire } from '../contract.ts';
import { isRecord } from '../wire.ts';

/** Others may take the lease when it was not renewed for so long. */
export const duration: Millis = seconds(15);
/** The holder stops writing after so long without a renewal: well before anybody else may start. */
export const renewDeadline: Millis = seconds(10);
export const retryPeriod: Millis = seconds(2);

export interface Lease {
  /** Empty when it was released. */
  readonly holder: string;
  readonly version: string;
  readonly transitions: number;
  readonly duration: Millis;
}

export const leaseOf = ({ metadata, spec }: KubeObject): Lease => {
  const { holderIdentity, leaseTransitions, leaseDurationSeconds } = isRecord(spec) ? spec : {};
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    version: metadata.resourceVersion ?? '',
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    duration: typeof leaseDurationSeconds === 'number' ? seconds(leaseDurationSeconds) : duration,
  };
};

export type Decision = 'renew' | 'take' | 'wait';

/**
 * `unchangedFor` is measured by our own clock since we first saw this version: the times in the lease are of other
 * people's clocks.
 */
export const decide = (lease: Lease, me: string, unchangedFor: Millis): Decision => {
  if (lease.holder === me) return 'renew';
  return lease.holder === '' || unchangedFor > lease.duration ? 'take' : 'wait';
};

export const newLease = (name: string, me: string, now: Instant): Wire => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name },
  spec: { ...held(me, now), acquireTime: microTimeOf(now), leaseTransitions: 0 },
});

export const renewal = ({ version }: Lease, me: string, now: Instant): Wire => guarded(version, held(me, now));

export const takeover = ({ version, transitions }: Lease, me: string, now: Instant): Wire =>
  guarded(version, { ...held(me, now), acquireTime: microTimeOf(now), leaseTransitions: transitions + 1 });

/** Lets the next one start at once. */
export const release = ({ version }: Lease, now: Instant): Wire =>
  guarded(version, { ...held('', now), leaseDurationSeconds: 1 });

const held = (holderIdentity: string, now: Instant): Wire => ({
  holderIdentity,
  leaseDurationSeconds: duration / 1000,
  renewTime: microTimeOf(now),
});

/** Of several that patch the same version, one succeeds and the others get a 409. */
const guarded = (resourceVersion: string, spec: Wire): Wire => ({ metadata: { resourceVersion }, spec });
