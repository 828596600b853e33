/** Makes the certificates that the webhook server shows. */

import './certificates/reflection.ts';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import type { Instant, Millis } from './contract.ts';

/** A certificate, its key and the authority that a caller must trust, all as PEM, under the names that Kubernetes uses. */
export interface Material {
  readonly 'tls.crt': string;
  readonly 'tls.key': string;
  readonly 'ca.crt': string;
}

export interface Wanted {
  /** DNS names and IP addresses under which the server is called. */
  readonly names: readonly string[];
  readonly lifetime: Millis;
}

/** The usual lifetime: long enough to survive a holiday, short enough that renewal stays a habit. */
export const year: Millis = 365 * 86_400_000;

/** Callers' clocks may be slow; but a certificate made for minutes must not be due at once. */
const headStart = (lifetime: Millis): Millis => Math.min(3_600_000, lifetime / 10);

/** Under which names a server is called that stands behind a Service, or on this machine. */
export const serviceNames = (service: string, namespace: string): readonly string[] => [
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.cluster.local`,
  'localhost',
  '127.0.0.1',
];

/** Under which name a server is called at a URL: addresses of IPv6 stand in brackets there, and nowhere else. */
export const hostIn = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * A new certificate with an authority of its own. The authority's key is forgotten here: nobody can steal it, and a renewal
 * takes a new authority, which is why it must be announced to callers before it is used.
 */
export const makeMaterial = async ({ names, lifetime }: Wanted, now: Instant): Promise<Material> => {
  const [authorityKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const validity = { notBefore: new Date(now - headStart(lifetime)), notAfter: new Date(now + lifetime) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: `CN=berth-webhook-ca-${newSerial().slice(0, 8)}`,
    serialNumber: newSerial(),
    keys: authorityKeys,
    signingAlgorithm: ecdsa,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=berth-webhook',
    issuer: authority.subject,
    serialNumber: newSerial(),
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ecdsa,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map(generalName)),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  return {
    'tls.crt': withNewline(certificate.toString('pem')),
    'tls.key': await privateKeyOf(keys),
    'ca.crt': withNewline(authority.toString('pem')),
  };
};

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);

/** 128 random bits, positive as RFC 5280 wants. */
const newSerial = (): string => {
  const [first = 0, ...rest] = webcrypto.getRandomValues(new Uint8Array(16));
  return Buffer.from([(first & 0x3f) | 0x40, ...rest]).toString('hex');
};

const generalName = (name: string): x509.GeneralName => new x509.GeneralName(isIP(name) === 0 ? 'dns' : 'ip', name);

const privateKeyOf = async (keys: webcrypto.CryptoKeyPair): Promise<string> => {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
};

const withNewline = (pem: string): string => `${pem.trimEnd()}\n`;
