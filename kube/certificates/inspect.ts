/** Says whether a certificate still serves, from its PEM, the names it is wanted for, and the time. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Material } from '../certificates.ts';
import type { Instant } from '../contract.ts';

export type Validity =
  | {
      readonly is: 'good';
      /** When it ought to be replaced, at leisure: two thirds of its life, or long ago if it lacks one of the names. */
      readonly dueAt: Instant;
      /** PEM of the authority that issued it: callers must trust it for as long as the certificate is shown. */
      readonly authority: string;
    }
  /** Callers refuse it, or soon will: replace it now. */
  | { readonly is: 'broken'; readonly why: string };

/** Never throws; anything may stand in a Secret. */
export const inspect = (data: Partial<Material>, names: readonly string[], now: Instant): Validity => {
  const certificate = certificateOf(data['tls.crt'] ?? '');
  if (certificate === undefined) return broken('tls.crt holds no certificate');
  if (!isKeyOf(certificate, data['tls.key'] ?? '')) return broken('tls.key is not the key of tls.crt');
  const from = certificate.validFromDate.getTime();
  const to = certificate.validToDate.getTime();
  if (now < from) return broken('tls.crt is not valid yet');
  if (now >= to) return broken('tls.crt has expired');
  const authority = blocksOf(data['ca.crt'] ?? '').find(pem => issued(pem, certificate, now));
  if (authority === undefined) return broken('ca.crt holds no valid authority that issued tls.crt');
  const covered = names.filter(name => covers(certificate, name));
  if (covered.length === 0) return broken('tls.crt is for other names');
  return { is: 'good', dueAt: covered.length < names.length ? from : from + ((to - from) * 2) / 3, authority };
};

const broken = (why: string): Validity => ({ is: 'broken', why });

const certificateOf = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
};

const isKeyOf = (certificate: X509Certificate, pem: string): boolean => {
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    return false;
  }
};

const blocksOf = (bundle: string): readonly string[] =>
  (bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(block => `${block}\n`);

const issued = (pem: string, certificate: X509Certificate, now: Instant): boolean => {
  const authority = certificateOf(pem);
  return (
    authority !== undefined &&
    now < authority.validToDate.getTime() &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey)
  );
};

const covers = (certificate: X509Certificate, name: string): boolean =>
  (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
