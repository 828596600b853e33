import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { type Authority, createAuthority, type Identity, serviceAccountKeys } from './authority.ts';

/** A real TLS handshake in which each side checks the other; resolves to the client's subject as the server saw it. */
const handshake = async (server: Identity, client: Identity, trusted: Authority): Promise<unknown> => {
  const { promise: subject, resolve, reject } = Promise.withResolvers<unknown>();
  const listener = createServer(
    { cert: server.certificate, key: server.key, ca: trusted.certificate, requestCert: true, rejectUnauthorized: true },
    socket => {
      resolve(socket.getPeerCertificate().subject);
      socket.end();
    },
  );
  listener.on('tlsClientError', reject);
  await new Promise<void>(listening => listener.listen(0, '127.0.0.1', listening));
  const address = listener.address();
  assert.ok(typeof address === 'object' && address !== null);
  const socket = connect({
    host: '127.0.0.1',
    port: address.port,
    ca: trusted.certificate,
    cert: client.certificate,
    key: client.key,
  });
  socket.on('error', reject);
  try {
    return await subject;
  } finally {
    socket.destroy();
    listener.close();
  }
};

test('a server and a client of one authority trust each other on 127.0.0.1, and the server sees user and groups', async () => {
  const authority = await createAuthority();
  const subject = await handshake(
    await authority.server(),
    await authority.client('system:serviceaccount:a:b', ['system:serviceaccounts', 'system:serviceaccounts:a']),
    authority,
  );
  assert.deepEqual(
    { ...(subject as object) },
    { CN: 'system:serviceaccount:a:b', O: ['system:serviceaccounts', 'system:serviceaccounts:a'] },
  );
});

test('a user name with the separators of distinguished names stays one common name', async () => {
  const authority = await createAuthority();
  const { certificate } = await authority.client('a, O=system:masters + b"c', []);
  assert.deepEqual(
    { ...new X509Certificate(certificate).toLegacyObject().subject },
    { CN: 'a, O=system:masters + b"c' },
  );
});

test('a client of another authority is turned away', async () => {
  const authority = await createAuthority();
  const stranger = await createAuthority();
  await assert.rejects(
    handshake(await authority.server(), await stranger.client('admin', ['system:masters']), authority),
  );
});

test('a client certificate cannot be used to serve', async () => {
  const authority = await createAuthority();
  const client = await authority.client('admin', []);
  await assert.rejects(handshake(client, client, authority));
});

test('the keys of service accounts are in the encodings that Kubernetes reads', async () => {
  const keys = await serviceAccountKeys();
  assert.match(keys.key, /^-----BEGIN PRIVATE KEY-----/);
  assert.match(keys.publicKey, /^-----BEGIN PUBLIC KEY-----/);
});
