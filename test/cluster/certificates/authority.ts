/** A certificate authority that lives as long as one cluster: it signs servers for loopback and clients for users. */
import '../../../kube/certificates/reflection.ts';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, both in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** In PEM; what clients and servers of this cluster trust. */
  readonly certificate: string;
  /** A serving certificate for 127.0.0.1, localhost and the names by which pods reach the apiserver. */
  server(): Promise<Identity>;
  /** A client certificate; Kubernetes reads the user from the common name and the groups from the organizations. */
  client(user: string, groups: readonly string[]): Promise<Identity>;
}

interface Subject {
  readonly name: x509.JsonName;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly extensions: x509.Extension[];
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 3600 * 1000;

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const pemOfKey = async (key: webcrypto.CryptoKey, format: 'pkcs8' | 'spki'): Promise<string> =>
  x509.PemConverter.encode(
    await webcrypto.subtle.exportKey(format, key),
    format === 'pkcs8' ? 'PRIVATE KEY' : 'PUBLIC KEY',
  );

/** The key pair that ServiceAccount tokens are signed and checked with, in PEM. */
export const serviceAccountKeys = async (): Promise<{ readonly key: string; readonly publicKey: string }> => {
  const keys = await generateKeys();
  return { key: await pemOfKey(keys.privateKey, 'pkcs8'), publicKey: await pemOfKey(keys.publicKey, 'spki') };
};

/** Valid from yesterday, because clocks of containers and virtual machines differ, for a year. */
const validity = (): { readonly notBefore: Date; readonly notAfter: Date } => ({
  notBefore: new Date(Date.now() - dayMs),
  notAfter: new Date(Date.now() + 365 * dayMs),
});

const servedNames: x509.JsonGeneralNames = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'dns', value: 'localhost' },
  { type: 'dns', value: 'kubernetes' },
  { type: 'dns', value: 'kubernetes.default' },
  { type: 'dns', value: 'kubernetes.default.svc' },
];

export const createAuthority = async (): Promise<Authority> => {
  const keys = await generateKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['berth-test-cluster'] }],
    keys,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  const sign = async (subject: Subject): Promise<Identity> => {
    const certificate = await x509.X509CertificateGenerator.create({
      subject: subject.name,
      issuer: root.subject,
      publicKey: subject.keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      ...validity(),
      extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true), ...subject.extensions],
    });
    return { certificate: certificate.toString('pem'), key: await pemOfKey(subject.keys.privateKey, 'pkcs8') };
  };

  return {
    certificate: root.toString('pem'),
    server: async () =>
      sign({
        name: [{ CN: ['127.0.0.1'] }],
        keys: await generateKeys(),
        extensions: [
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(servedNames),
        ],
      }),
    client: async (user, groups) =>
      sign({
        name: [{ CN: [user] }, ...groups.map(group => ({ O: [group] }))],
        keys: await generateKeys(),
        extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
      }),
  };
};
