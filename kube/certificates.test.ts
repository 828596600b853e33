import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, suite, test } from 'node:test';
import fc from 'fast-check';
import { inspect, type Validity } from './certificates/inspect.ts';
import { hostIn, type Material, makeMaterial, serviceNames } from './certificates.ts';

const hour = 3_600_000;
const born = Date.UTC(2030, 0, 1);
const names = serviceNames('berth-webhook', 'berth-system');
const make = (wanted = names): Promise<Material> => makeMaterial({ names: wanted, lifetime: 90 * hour }, born);

let material: Material;
let other: Material;
before(async () => {
  [material, other] = await Promise.all([make(), make()]);
});

suite('a new certificate', () => {
  test('is an ECDSA P-256 server certificate, issued by its own authority, which can issue nothing further', () => {
    const certificate = new X509Certificate(material['tls.crt']);
    const authority = new X509Certificate(material['ca.crt']);
    assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.deepEqual([certificate.ca, authority.ca], [false, true]);
    assert.ok(certificate.verify(authority.publicKey));
    assert.equal(authority.verify(certificate.publicKey), false);
  });
  test('is for the Service, and for this machine', () => {
    const { subjectAltName } = new X509Certificate(material['tls.crt']);
    assert.equal(
      subjectAltName,
      'DNS:berth-webhook.berth-system.svc, DNS:berth-webhook.berth-system.svc.cluster.local, DNS:localhost, IP Address:127.0.0.1',
    );
  });
  test('is for the host of a URL, which may be an address of IPv6', async () => {
    const hosts = ['https://[::1]:9443', 'https://10.0.0.1', 'https://berth.example:9443'].map(hostIn);
    const certificate = new X509Certificate((await make(hosts))['tls.crt']);
    assert.equal(certificate.subjectAltName, 'IP Address:0:0:0:0:0:0:0:1, IP Address:10.0.0.1, DNS:berth.example');
    assert.equal(inspect(await make(hosts), ['::1'], born).is, 'good');
  });
  test('shares neither serial number nor authority with the next', () => {
    assert.notEqual(
      new X509Certificate(material['tls.crt']).serialNumber,
      new X509Certificate(other['tls.crt']).serialNumber,
    );
    assert.notEqual(new X509Certificate(material['ca.crt']).subject, new X509Certificate(other['ca.crt']).subject);
  });
  test('begins a little in the past, for callers whose clocks are slow', () => {
    assert.equal(new X509Certificate(material['tls.crt']).validFromDate.getTime(), born - hour);
  });
});

suite('a certificate', () => {
  interface Row {
    readonly name: string;
    readonly data: () => Partial<Material>;
    readonly at?: number;
    readonly wanted?: readonly string[];
    readonly expected: () => Validity;
  }
  const broken = (why: string) => (): Validity => ({ is: 'broken', why });
  const due = born - hour + ((90 + 1) * hour * 2) / 3;
  const rows: readonly Row[] = [
    {
      name: 'is good until two thirds of its life',
      data: () => material,
      expected: () => ({ is: 'good', dueAt: due, authority: material['ca.crt'] }),
    },
    {
      name: 'names its authority among several',
      data: () => ({ ...material, 'ca.crt': other['ca.crt'] + material['ca.crt'] }),
      expected: () => ({ is: 'good', dueAt: due, authority: material['ca.crt'] }),
    },
    {
      name: 'that lacks one of the names is good, but due',
      data: () => material,
      wanted: [...names, 'new.example.com'],
      expected: () => ({ is: 'good', dueAt: born - hour, authority: material['ca.crt'] }),
    },
    {
      name: 'for other names is broken',
      data: () => material,
      wanted: ['a.example.com', '10.0.0.1'],
      expected: broken('tls.crt is for other names'),
    },
    {
      name: 'is broken once expired',
      data: () => material,
      at: born + 90 * hour,
      expected: broken('tls.crt has expired'),
    },
    {
      name: 'is broken before its time',
      data: () => material,
      at: born - 2 * hour,
      expected: broken('tls.crt is not valid yet'),
    },
    {
      name: 'is broken without its key',
      data: () => ({ ...material, 'tls.key': '' }),
      expected: broken('tls.key is not the key of tls.crt'),
    },
    {
      name: 'is broken with the key of another',
      data: () => ({ ...material, 'tls.key': other['tls.key'] }),
      expected: broken('tls.key is not the key of tls.crt'),
    },
    {
      name: 'is broken if nobody is told to trust its authority',
      data: () => ({ ...material, 'ca.crt': other['ca.crt'] }),
      expected: broken('ca.crt holds no valid authority that issued tls.crt'),
    },
    { name: 'is broken if there is none', data: () => ({}), expected: broken('tls.crt holds no certificate') },
  ];
  for (const { name, data, at = born, wanted = names, expected } of rows) {
    test(name, () => assert.deepEqual(inspect(data(), wanted, at), expected()));
  }
  test('is looked at without an exception, whatever it is', () => {
    const texts = (): fc.Arbitrary<string> => fc.oneof(fc.string(), fc.constantFrom(...Object.values(material)));
    const any = fc.record({ 'tls.crt': texts(), 'tls.key': texts(), 'ca.crt': texts() }, { requiredKeys: [] });
    fc.assert(fc.property(any, fc.integer(), (data, at) => ['good', 'broken'].includes(inspect(data, names, at).is)));
  });
});
