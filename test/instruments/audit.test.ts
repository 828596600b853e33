import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { AuditLog, isOurs, readWrites, type Write, writeIn } from './audit.ts';

/** As an apiserver writes it, but for what nobody reads. */
const patched = (revision: string, body: unknown): object => ({
  kind: 'Event',
  level: 'RequestResponse',
  stage: 'ResponseComplete',
  verb: 'patch',
  user: {
    username: 'system:serviceaccount:berth-system:berth-controller',
    groups: ['system:serviceaccounts'],
    extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=96'] },
  },
  userAgent: 'berth/controller',
  objectRef: { resource: 'pods', namespace: 'default', name: 'db-1', apiVersion: 'v1', subresource: 'status' },
  responseStatus: { metadata: {}, code: 200 },
  requestObject: body,
  responseObject: {
    kind: 'Pod',
    metadata: { name: 'db-1', namespace: 'default', uid: 'u', resourceVersion: revision },
  },
  requestReceivedTimestamp: '2026-01-02T03:04:05.000006Z',
  stageTimestamp: '2026-01-02T03:04:05.250000Z',
  annotations: { 'authorization.k8s.io/decision': 'allow' },
});

const guarded = [{ op: 'replace', path: '/metadata/resourceVersion', value: '7' }];

const only = (event: object): Write => writeIn(event)[0] ?? assert.fail('no write');

test('a write says who asked for what, when, and which revision came of it', () => {
  const { notes, asked, receivedAt, answeredAt, ...write } = only(patched('8', guarded));
  assert.deepEqual(write, {
    verb: 'patch',
    resource: 'pods',
    subresource: 'status',
    namespace: 'default',
    name: 'db-1',
    uid: 'u',
    userAgent: 'berth/controller',
    groups: ['system:serviceaccounts'],
    instance: 'X509SHA256=96',
    code: 200,
    at: 8,
    isVain: false,
  });
  assert.deepEqual([asked, notes], [guarded, { 'authorization.k8s.io/decision': 'allow' }]);
  assert.equal(answeredAt - receivedAt, 250);
});

test('a patch after which the object is at the revision that it was made for has made none', () => {
  for (const body of [guarded, { metadata: { resourceVersion: '7' } }]) {
    const { at, isVain } = only(patched('7', body));
    assert.deepEqual([at, isVain], [undefined, true]);
  }
});

test('the processes of Berth are told from tests and from users', () => {
  const by = (userAgent: string): boolean => isOurs({ ...only(patched('8', [])), userAgent });
  assert.deepEqual(['berth/controller', 'berth/webhook', 'berth/test', 'kubectl'].map(by), [true, true, false, false]);
});

const folder = mkdtempSync(join(tmpdir(), 'berth-audit-'));
const file = join(folder, 'audit.log');
afterEach(() => rmSync(file, { force: true }));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

test('a log is read on from a place, across what one read can hold, and without a last line that is cut off', () => {
  const line = (revision: string): string => `${JSON.stringify(patched(revision, [{ big: 'x'.repeat(700_000) }]))}\n`;
  writeFileSync(file, line('1'));
  const log = new AuditLog(file);
  const revisions = (): readonly unknown[] => log.writes().map(({ at }) => at);
  appendFileSync(file, `${line('2')}${line('3')}${line('4').slice(0, 20)}`);
  assert.deepEqual(revisions(), [2, 3]);
  appendFileSync(file, line('4').slice(20));
  assert.deepEqual(revisions(), [2, 3, 4]);
  assert.deepEqual(
    readWrites(file).map(({ at }) => at),
    [1, 2, 3, 4],
  );
  rmSync(file);
  assert.deepEqual(revisions(), [2, 3, 4]);
});
