import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KubeObject } from '../../kube/contract.ts';
import { Store } from '../../kube/store.ts';
import { aPod, aSidecarSet, injected, usable } from '../../test/support/sidecarsets.ts';
import { podView } from '../pods/project.ts';
import { Namespaces, type NamespaceView } from '../resources.ts';
import { SidecarSets } from '../sidecarsets.ts';
import { keysFor } from './candidates.ts';
import { belongsTo, setsFor } from './match.ts';

const storeOf = (...sets: readonly KubeObject[]): Store => {
  const store = new Store();
  store.register(SidecarSets);
  for (const [i, set] of sets.entries())
    store.changed(SidecarSets, { ...set, metadata: { ...set.metadata, uid: `u${i}`, resourceVersion: `${i + 1}` } });
  return store;
};

const namespaceOf = (labels: Record<string, string>): NamespaceView => {
  const view = Namespaces.view({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
  assert.ok(view);
  return view;
};

/** As the webhook asks. */
const setsIn = (store: Store, labels: Record<string, string>, namespace?: NamespaceView): readonly string[] =>
  setsFor(
    labels,
    namespace,
    keysFor(labels).flatMap(key => store.by(SidecarSets, 'candidate', key)),
  ).map(({ view }) => view.name);

// Few names and values, so that what is drawn often meets.
const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('1', '2', '3');
const expression = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc
  .record({
    matchLabels: fc.dictionary(key, value, { maxKeys: 2, noNullPrototype: true }),
    matchExpressions: fc.array(expression, { maxLength: 2 }),
  })
  .filter(({ matchLabels, matchExpressions }) => Object.keys(matchLabels).length + matchExpressions.length > 0);
type Drawn = typeof selector extends fc.Arbitrary<infer T> ? T : never;

/** In other words than the product's. */
const isSelected = ({ matchLabels, matchExpressions }: Drawn, labels: Readonly<Record<string, string>>): boolean => {
  const has = new Map(Object.entries(labels));
  return (
    Object.entries(matchLabels).every(([name, wanted]) => has.get(name) === wanted) &&
    matchExpressions.every(term => {
      const found = has.get(term.key);
      if (term.operator === 'Exists') return found !== undefined;
      if (term.operator === 'DoesNotExist') return found === undefined;
      const isListed = 'values' in term && term.values.some(listed => listed === found);
      return isListed === (term.operator === 'In');
    })
  );
};

describe('A new pod', () => {
  it('gets each set that selects it, and no other, whatever is in the store', () => {
    const labels = fc.dictionary(key, value, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 6 }), labels, (selectors, pod) => {
        const sets = selectors.map((s, i) => aSidecarSet({ name: `set-${i}`, spec: { selector: s } }));
        const expected = selectors.flatMap((s, i) => (isSelected(s, pod) ? [`set-${i}`] : []));
        assert.deepEqual(setsIn(storeOf(...sets), pod), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('in a namespace that nobody knows gets the sets that ask for none in particular', () => {
    const picky = aSidecarSet({ name: 'picky', spec: { namespaceSelector: { matchLabels: { team: 'x' } } } });
    const store = storeOf(aSidecarSet(), picky);
    assert.deepEqual(setsIn(store, { app: 'web' }), ['logs']);
    assert.deepEqual(setsIn(store, { app: 'web' }, namespaceOf({ team: 'x' })), ['logs', 'picky']);
  });

  it('gets a canary, and not its base', () => {
    const annotations = {
      'apps.kruise.io/sidecarset-canary': 'true',
      'apps.kruise.io/sidecarset-base': 'logs',
    };
    const store = storeOf(aSidecarSet(), aSidecarSet({ name: 'canary', metadata: { annotations } }));
    assert.deepEqual(setsIn(store, { app: 'web' }), ['canary']);
  });
});

describe('A set looks after', () => {
  const set = aSidecarSet();
  const isLookedAfter = (pod: KubeObject): boolean => belongsTo(usable(set))(podView(pod));

  it('pods that it selects and that have its containers', () => {
    assert.ok(isLookedAfter(injected(aPod(), [set])));
    assert.ok(!isLookedAfter(aPod()));
  });

  it('no pod that has lost its label', () => {
    const pod = injected(aPod(), [set]);
    assert.ok(!isLookedAfter({ ...pod, metadata: { ...pod.metadata, labels: { app: 'other' } } }));
  });
});
