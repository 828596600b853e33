import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import { answer, largestReview } from './admission.ts';
import {
  allowed,
  type Op,
  type Problem,
  pointer,
  type Reader,
  type Review,
  type Verdict,
  type Webhook,
} from './contract.ts';

const empty: Reader = {
  get: () => undefined,
  list: () => [],
  by: () => [],
  claimOn: () => undefined,
  refusalOn: () => undefined,
};

const deciding = (decide: (review: Review) => Verdict, type: Webhook['type'] = 'mutating'): Webhook => ({
  path: '/try',
  type,
  entries: [
    {
      name: 'try.berth.io',
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      groups: [''],
      versions: ['v1'],
      resources: ['configmaps', 'pods', 'pods/resize'],
      failurePolicy: 'Fail',
      timeoutSeconds: 3,
    },
  ],
  reads: [],
  decide,
});

const patching = (...patch: readonly Op[]): Webhook => deciding(() => ({ is: 'allowed', patch, warnings: [] }));
const warning = (...warnings: readonly string[]): Webhook => deciding(() => ({ is: 'allowed', patch: [], warnings }));

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', namespace: 'default' }, spec: { odd: true } };

const request = (over: object = {}): object => ({
  uid: 'u-1',
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  namespace: 'default',
  name: 'web-0',
  operation: 'CREATE',
  userInfo: { username: 'ann' },
  object: pod,
  oldObject: null,
  ...over,
});

const review = (over: object = {}): string =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: request(over) });

const ask = (body: Buffer | string, webhook: Webhook) => answer(body, webhook, empty, 0);

interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly status?: { readonly code: number; readonly message: string; readonly details: object };
}
const responseOf = (body: string): Response => (JSON.parse(body) as { response: Response }).response;
const opsOf = ({ patch = '' }: Response): Op[] => JSON.parse(Buffer.from(patch, 'base64').toString()) as Op[];

suite('a body that is no review is refused in clear words', () => {
  const rows: readonly (readonly [name: string, body: Buffer | string, status: number, words: RegExp])[] = [
    ['empty', '', 400, /empty/],
    ['not JSON', 'hello', 400, /not a JSON object/],
    ['a JSON number', '7', 400, /not a JSON object/],
    ['an array', '[]', 400, /not a JSON object/],
    ['cut off', review().slice(0, -9), 400, /not a JSON object/],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00]), 400, /not a JSON object/],
    ['another kind', '{"apiVersion":"v1","kind":"Pod"}', 400, /not an AdmissionReview/],
    ['a v1beta1 review', review().replace('k8s.io/v1', 'k8s.io/v1beta1'), 400, /admissionReviewVersions/],
    ['no request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 400, /no request/],
    ['no uid', review({ uid: undefined }), 400, /no uid/],
    ['no resource', review({ resource: undefined }), 400, /no resource/],
    ['CREATE without object', review({ object: null }), 400, /no object/],
    ['CREATE of an object without metadata', review({ object: { apiVersion: 'v1', kind: 'Pod' } }), 400, /no object/],
    ['UPDATE without oldObject', review({ operation: 'UPDATE' }), 400, /no oldObject/],
    ['DELETE without oldObject', review({ operation: 'DELETE' }), 400, /no oldObject/],
    ['a huge body', Buffer.alloc(largestReview + 1, ' '), 413, /at most/],
    ['deeply nested', '['.repeat(1_000_000), 400, /not a JSON object/],
  ];
  for (const [name, body, status, words] of rows) {
    test(name, () => {
      const { status: given, body: said } = ask(body, warning());
      assert.equal(given, status);
      assert.match(said, words);
    });
  }
});

suite('what the webhook was not written for passes untouched, without being asked', () => {
  const never = deciding(() => assert.fail('was asked'));
  const rows: readonly (readonly [name: string, over: object])[] = [
    ['an operation such as CONNECT', { operation: 'CONNECT' }],
    ['an unknown operation', { operation: 'TELEPORT' }],
    ['an unknown kind', { resource: { group: 'example.com', version: 'v1', resource: 'pods' } }],
    ['an unknown version', { resource: { group: '', version: 'v2', resource: 'pods' } }],
    ['a subresource that no entry names', { subResource: 'ephemeralcontainers' }],
  ];
  for (const [name, over] of rows) {
    test(name, () => {
      const { status, body } = ask(review(over), never);
      assert.equal(status, 200);
      assert.deepEqual(responseOf(body), { uid: 'u-1', allowed: true });
    });
  }
});

suite('the webhook sees the request', () => {
  const seenOf = (body: string): Review => {
    let seen: Review | undefined;
    const looking = deciding(r => {
      seen = r;
      return allowed;
    });
    const { status } = ask(body, looking);
    assert.equal(status, 200);
    assert.ok(seen);
    return seen;
  };
  test('with unknown fields of the object', () => {
    const seen = seenOf(review());
    assert.equal(seen.operation, 'CREATE');
    assert.deepEqual(
      { name: seen.name, user: seen.user, dryRun: seen.dryRun },
      { name: 'web-0', user: 'ann', dryRun: false },
    );
    assert.deepEqual(seen.operation === 'CREATE' && seen.object, pod);
  });
  test('with both objects on UPDATE', () => {
    const seen = seenOf(review({ operation: 'UPDATE', oldObject: { ...pod, spec: {} } }));
    assert.deepEqual(seen.operation === 'UPDATE' && seen.oldObject['spec'], {});
  });
  test('with only the old object on DELETE', () => {
    const seen = seenOf(review({ operation: 'DELETE', object: null, oldObject: pod }));
    assert.equal('object' in seen, false);
  });
  test('with its subresource', () => {
    assert.equal(seenOf(review({ subResource: 'resize' })).subresource, 'resize');
  });
  test('without a name when the server is to make one', () => {
    assert.equal(seenOf(review({ name: undefined })).name, '');
  });
  test('and keys named __proto__ change no prototype', () => {
    const body = review().replace(
      '"odd":true',
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}',
    );
    const seen = seenOf(body);
    assert.equal('polluted' in {}, false);
    assert.equal('polluted' in Object.getPrototypeOf(seen), false);
  });
});

suite('an allowed object', () => {
  test('is patched exactly as the webhook said', () => {
    const ops: readonly Op[] = [
      { op: 'test', path: '/metadata/name', value: 'web-0' },
      { op: 'add', path: '/metadata/labels', value: {} },
      { op: 'add', path: pointer('metadata', 'labels', 'berth/ä~'), value: 'ü' },
      { op: 'remove', path: '/spec/odd' },
    ];
    const response = responseOf(ask(review(), patching(...ops)).body);
    assert.equal(response.patchType, 'JSONPatch');
    const patched = structuredClone(pod);
    assert.deepEqual(applyPatch(patched, opsOf(response)), [null, null, null, null]);
    assert.deepEqual(patched, { ...pod, metadata: { ...pod.metadata, labels: { 'berth/ä~': 'ü' } }, spec: {} });
  });
  test('is patched with what is frozen as with anything else, the second time too', () => {
    const value = Object.freeze({ name: 'log "1"', env: [{ name: 'ä' }] });
    const ops: readonly Op[] = [
      { op: 'add', path: '/spec/containers/0', value },
      { op: 'replace', path: pointer('spec', '"', 'b'), value },
      Object.freeze({ op: 'add', path: '/metadata/labels', value: {} }),
    ];
    for (const _ of ['first', 'second']) assert.deepEqual(opsOf(responseOf(ask(review(), patching(...ops)).body)), ops);
  });
  test('has no patch when there is nothing to change', () => {
    assert.deepEqual(responseOf(ask(review(), patching()).body), { uid: 'u-1', allowed: true });
  });
  test('carries warnings and audit annotations', () => {
    const verdict: Verdict = { is: 'allowed', patch: [], warnings: ['mind the gap'], audit: { who: 'ann' } };
    const response = responseOf(
      ask(
        review(),
        deciding(() => verdict),
      ).body,
    );
    assert.deepEqual(response.warnings, ['mind the gap']);
    assert.deepEqual(response.auditAnnotations, { who: 'ann' });
  });
  test('has its long warnings cut between characters, and not too many of them', () => {
    const { warnings = [] } = responseOf(ask(review(), warning(...Array<string>(40).fill('ä🙂'.repeat(100)))).body);
    assert.equal(warnings.length, 16);
    assert.equal(warnings.at(-1), 'and 25 more warnings');
    for (const w of warnings.slice(0, -1)) {
      assert.ok(Buffer.byteLength(w) <= 240);
      assert.match(w, /^(ä🙂)+ä?…$/u);
    }
  });
});

suite('a refused object', () => {
  const problems: readonly Problem[] = [
    { field: 'spec.replicas', message: 'must not be negative', reason: 'FieldValueInvalid' },
    { field: 'spec.selector', message: 'is required', reason: 'FieldValueRequired' },
  ];
  const refusing = deciding(() => ({ is: 'refused', problems, warnings: ['look'] }), 'validating');
  test('is a 422 that names every problem', () => {
    const { status, body } = ask(review(), refusing);
    assert.equal(status, 200);
    const response = responseOf(body);
    assert.equal(response.allowed, false);
    assert.deepEqual(response.warnings, ['look']);
    assert.deepEqual(response.status, {
      status: 'Failure',
      code: 422,
      reason: 'Invalid',
      message: 'Pod "web-0" is invalid: spec.replicas: must not be negative; spec.selector: is required',
      details: { name: 'web-0', group: '', kind: 'Pod', causes: problems },
    });
  });
  test('is called by its prefix when it has no name yet', () => {
    const body = review({ name: '', object: { ...pod, metadata: { generateName: 'web-' } } });
    assert.match(responseOf(ask(body, refusing).body).status?.message ?? '', /^Pod "web-" is invalid/);
  });
  test('is one whose patch would carry a rounded int64', () => {
    const body = review().replace('"odd":true', '"runAsUser":9223372036854775807');
    const echo = deciding(r =>
      r.operation === 'CREATE'
        ? { is: 'allowed', patch: [{ op: 'add', path: '/spec/copy', value: [r.object['spec']] }], warnings: [] }
        : allowed,
    );
    const response = responseOf(ask(body, echo).body);
    assert.equal(response.allowed, false);
    assert.match(response.status?.message ?? '', /\/spec\/copy: holds an integer beyond 2\^53/);
  });
  test('is one whose patch would carry one in what is frozen, each time', () => {
    const op: Op = { op: 'add', path: '/spec/copy', value: Object.freeze({ runAsUser: 2 ** 53 + 2 }) };
    for (const _ of ['first', 'second'])
      assert.match(
        responseOf(ask(review(), patching(op)).body).status?.message ?? '',
        /\/spec\/copy: holds an integer/,
      );
  });
  test('is not one that has a huge int64 where no patch touches it', () => {
    const body = review().replace('"odd":true', '"runAsUser":9223372036854775807');
    const response = responseOf(ask(body, patching({ op: 'add', path: '/metadata/labels', value: { a: 'b' } })).body);
    assert.equal(response.allowed, true);
  });
});

suite('a fault of ours is a 500, so that the failure policy decides', () => {
  test('a thrown error tells where it came from, and nothing of the object', () => {
    const throwing = deciding(() => {
      throw new TypeError('password is hunter2');
    });
    const { status, body, uid, fault } = ask(review(), throwing);
    assert.equal(status, 500);
    assert.equal(uid, 'u-1');
    assert.match(body, /u-1/);
    assert.match(fault ?? '', /^TypeError at .*admission\.test\.ts/);
    assert.doesNotMatch(`${body} ${fault}`, /hunter2/);
  });
  test('a validating webhook that patches', () => {
    const op: Op = { op: 'add', path: '/spec/a', value: 1 };
    assert.equal(
      ask(
        review(),
        deciding(() => ({ is: 'allowed', patch: [op], warnings: [] }), 'validating'),
      ).status,
      500,
    );
  });
});

suite('whatever is sent, the answer is well formed', () => {
  const lazy = deciding(r => {
    if (r.operation === 'DELETE') return allowed;
    const labels = r.object.metadata.labels ?? {};
    return {
      is: 'allowed',
      patch: [{ op: 'add', path: '/metadata/labels', value: { ...labels, x: 'y' } }],
      warnings: [],
    };
  });
  const holds = (body: string): void => {
    const given = ask(body, lazy);
    if (given.status === 200) {
      const response = responseOf(given.body);
      assert.equal(response.uid, given.uid);
      assert.equal(typeof response.allowed, 'boolean');
    } else {
      assert.ok([400, 413].includes(given.status) && given.body.length > 0);
    }
  };
  const odd = fc.oneof(fc.constant(pod), fc.jsonValue(), fc.constant(undefined));
  const requests = fc.record(
    {
      uid: fc.oneof(fc.string(), fc.jsonValue()),
      resource: fc.oneof(fc.constant({ group: '', version: 'v1', resource: 'pods' }), fc.jsonValue()),
      kind: fc.jsonValue(),
      operation: fc.oneof(fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT'), fc.jsonValue()),
      name: fc.jsonValue(),
      userInfo: fc.jsonValue(),
      object: odd,
      oldObject: odd,
    },
    { requiredKeys: [] },
  );
  test('arbitrary JSON', () => fc.assert(fc.property(fc.json(), holds)));
  test('arbitrary text', () => fc.assert(fc.property(fc.string(), holds)));
  test('reviews with odd fields', () => fc.assert(fc.property(requests, over => holds(review(over)))));
});
