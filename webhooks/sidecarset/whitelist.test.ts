import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject, Reader, Resource, Seen, Verdict, Webhook, Wire } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { aSidecarSet } from '../../test/support/sidecarsets.ts';
import { sidecarSetRules } from './webhook.ts';

type Otherwise = 'deny' | 'allow';

const rulesOf = (patchPodMetadata?: Otherwise): Webhook =>
  sidecarSetRules({
    namespace: 'berth-system',
    secretName: 's',
    mutatingConfiguration: 'm',
    validatingConfiguration: 'v',
    ...(patchPodMetadata && { patchPodMetadata }),
  });

/** A store with the ConfigMap in it, if there is one. */
const knowing = (webhook: Webhook, data?: Wire): Reader => {
  const store = new Store();
  for (const resource of webhook.reads) store.register(resource);
  const whitelist = webhook.reads.find(r => r.kind === 'ConfigMap') as Resource<Seen>;
  const metadata = { name: 'kruise-configuration', namespace: 'berth-system', uid: 'u', resourceVersion: '1' };
  if (data !== undefined) store.changed(whitelist, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  return store;
};

const review = {
  uid: 'u',
  group: 'apps.kruise.io',
  version: 'v1beta1',
  plural: 'sidecarsets',
  subresource: '',
  namespace: '',
  name: 'logs',
  user: 'a',
  dryRun: false,
};

const aPatchingSet = (annotations: Wire, labels: Record<string, string> = {}, image = 'log:v1'): KubeObject =>
  aSidecarSet({ image, metadata: { labels }, spec: { patchPodMetadata: [{ annotations }] } });

const messages = (verdict: Verdict): readonly string[] =>
  verdict.is === 'refused' ? verdict.problems.map(p => `${p.field}: ${p.message}`) : [];

const created = (set: KubeObject, data: Wire | undefined, otherwise?: Otherwise): readonly string[] => {
  const webhook = rulesOf(otherwise);
  return messages(webhook.decide({ ...review, operation: 'CREATE', object: set }, knowing(webhook, data), 0));
};

const key = 'SidecarSet_PatchPodMetadata_WhiteList';
const listing = (...rules: readonly Wire[]): Wire => ({ [key]: JSON.stringify({ rules }) });
const forSre = { selector: { matchLabels: { owner: 'sre' } }, allowedAnnotationKeyExprs: ['^x\\.io/'] };

const notFound = 'spec.patchPodMetadata: SidecarSet patch metadata whitelist not found';
const notAllowed = 'spec.patchPodMetadata: sidecarSet patch metadata annotation is not allowed';
const keyNotAllowed = (of: string): string =>
  `spec.patchPodMetadata: sidecarSet patch metadata annotation(${of}) is not allowed`;

interface Row {
  readonly of: string;
  readonly data?: Wire;
  readonly set?: KubeObject;
  readonly deny: readonly string[];
  readonly allow: readonly string[];
}

const set = aPatchingSet({ 'x.io/a': '1', 'y.io/b': '2' });
const ofSre = aPatchingSet({ 'x.io/a': '1' }, { owner: 'sre' });

const table: readonly Row[] = [
  { of: 'a set that patches nothing', set: aSidecarSet(), deny: [], allow: [] },
  { of: 'step 1: no ConfigMap', deny: [notFound], allow: [] },
  { of: 'step 1: a ConfigMap without the key', data: { other: '{}' }, deny: [notFound], allow: [] },
  { of: 'step 2: no rules', data: { [key]: '{}' }, deny: [notAllowed], allow: [] },
  { of: 'step 2: rules for others only', data: listing(forSre), deny: [notAllowed], allow: [] },
  { of: 'step 2: a rule without expressions', data: listing({}), deny: [notAllowed], allow: [] },
  { of: 'step 3: a rule for its labels', data: listing(forSre), set: ofSre, deny: [], allow: [] },
  { of: 'step 3: an empty selector', data: listing({ ...forSre, selector: {} }), set: ofSre, deny: [], allow: [] },
  {
    of: 'step 3: two rules together',
    data: listing({ allowedAnnotationKeyExprs: ['^x'] }, { allowedAnnotationKeyExprs: ['b$'] }),
    deny: [],
    allow: [],
  },
  {
    of: 'step 3: a key that no expression finds, whatever the option says',
    data: listing({ allowedAnnotationKeyExprs: ['io/b'] }),
    deny: [keyNotAllowed('x.io/a')],
    allow: [keyNotAllowed('x.io/a')],
  },
  {
    of: 'step 3: several such keys, all at once',
    data: listing({ allowedAnnotationKeyExprs: ['zzz'] }),
    deny: [keyNotAllowed('x.io/a'), keyNotAllowed('y.io/b')],
    allow: [keyNotAllowed('x.io/a'), keyNotAllowed('y.io/b')],
  },
  {
    of: 'a broken expression in a rule for others',
    data: listing(forSre, { selector: { matchLabels: { owner: 'x' } }, allowedAnnotationKeyExprs: ['('] }),
    set: ofSre,
    deny: [],
    allow: [],
  },
];

describe('The annotations that a set may give to pods', () => {
  for (const { of, data, set: judged = set, deny, allow } of table)
    it(of, () => {
      assert.deepEqual(created(judged, data), deny);
      assert.deepEqual(created(judged, data, 'deny'), deny);
      assert.deepEqual(created(judged, data, 'allow'), allow);
    });

  const broken: readonly (readonly [string, Wire, RegExp])[] = [
    ['no JSON', { [key]: '{"rules":' }, /must be an object/],
    ['JSON of another shape', { [key]: '{"rules":[{"allowedAnnotationKeyExprs":"x"}]}' }, /rules\[0\]\.allowed.* list/],
    ['a broken selector', listing({ selector: { matchLabels: { 'bad key': 'x' } } }), /rules\[0\]\.selector/],
    ['a broken expression', listing({ allowedAnnotationKeyExprs: ['('] }), /error parsing regexp: missing closing \)/],
  ];
  for (const [what, data, why] of broken)
    it(`are none while the whitelist is ${what}; the refusal names the ConfigMap`, () => {
      for (const otherwise of ['deny', 'allow'] as const) {
        const [message = ''] = created(set, data, otherwise);
        assert.match(message, /^spec\.patchPodMetadata: the ConfigMap berth-system\/kruise-configuration, key Sidecar/);
        assert.match(message, why);
      }
    });
});

describe('A whitelist that grew stricter', () => {
  const updated = (before: KubeObject, after: KubeObject): Verdict => {
    const webhook = rulesOf();
    const request = { ...review, operation: 'UPDATE', oldObject: before, object: after } as const;
    return webhook.decide(request, knowing(webhook, listing(forSre)), 0);
  };
  const x = { 'x.io/a': '1' };

  it('does not hold up the next image, and warns', () => {
    const verdict = updated(aPatchingSet(x), aPatchingSet(x, {}, 'log:v2'));
    assert.deepEqual(verdict, { is: 'allowed', patch: [], warnings: [notAllowed] });
  });

  it('is asked as soon as the annotations change, even in a value', () => {
    assert.deepEqual(messages(updated(aPatchingSet(x), aPatchingSet({ 'x.io/a': '2' }))), [notAllowed]);
  });

  it('is asked when the labels change, which rules select by', () => {
    assert.deepEqual(messages(updated(ofSre, aPatchingSet(x))), [notAllowed]);
    assert.deepEqual(messages(updated(aPatchingSet(x), ofSre)), []);
  });
});
