import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalTemplate, differences, sameTemplate } from './canonical.ts';

const plain = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: 'app:1', resources: { limits: { cpu: '1000m', memory: '1024Mi' } } }] },
};

/** The same template after OpenKruise has filled in its defaults and Go has written it. */
const defaulted = {
  $patch: 'replace',
  metadata: { creationTimestamp: null, labels: { app: 'web' } },
  spec: {
    containers: [
      {
        image: 'app:1',
        imagePullPolicy: 'Always',
        name: 'main',
        resources: { limits: { cpu: '1', memory: '1Gi' } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
};

const withSpec = (spec: object) => ({ metadata: plain.metadata, spec: { ...plain.spec, ...spec } });
const withContainer = (more: object) => withSpec({ containers: [{ ...plain.spec.containers[0], ...more }] });
const withEnv = (...resources: readonly object[]) =>
  withContainer({ env: resources.map(resourceFieldRef => ({ name: 'A', valueFrom: { resourceFieldRef } })) });

describe('Templates are equal', () => {
  const { $patch: _, ...theirs } = defaulted;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['with and without OpenKruise’s defaults', plain, theirs],
    ['whatever the pull policy is', withContainer({ imagePullPolicy: 'IfNotPresent' }), plain],
    ['in any order of keys', { spec: plain.spec, metadata: plain.metadata }, plain],
    [
      'with quantities written in another way',
      withContainer({ resources: { limits: { cpu: 1, memory: 1073741824 } } }),
      plain,
    ],
    [
      'with the divisor of a resource written in another way, or as the default',
      withEnv({ divisor: '1024Ki', resource: 'limits.memory' }, { divisor: '0', resource: 'limits.cpu' }),
      withEnv({ divisor: '1Mi', resource: 'limits.memory' }, { resource: 'limits.cpu' }),
    ],
    ['with false written out', withSpec({ hostNetwork: false }), plain],
    ['with an empty object for a default', withSpec({ securityContext: {}, volumes: [] }), plain],
    [
      'with an emptyDir written out',
      withSpec({ volumes: [{ name: 'v', emptyDir: {} }] }),
      withSpec({ volumes: [{ name: 'v' }] }),
    ],
    [
      'with the defaults of a probe',
      withContainer({ readinessProbe: { httpGet: { port: 80 } } }),
      withContainer({
        readinessProbe: { httpGet: { port: 80, path: '/', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 },
      }),
    ],
  ];
  for (const [how, a, b] of pairs) it(how, () => assert.ok(sameTemplate(a, b)));
});

describe('Templates differ', () => {
  const pairs: readonly (readonly [string, unknown, string])[] = [
    ['by an image', withContainer({ image: 'app:2' }), 'spec.containers[0].image'],
    ['by a field that nobody knows', withContainer({ future: { x: 1 } }), 'spec.containers[0].future'],
    ['by a grace period', withSpec({ terminationGracePeriodSeconds: 31 }), 'spec.terminationGracePeriodSeconds'],
    [
      'by a token that is not mounted',
      withSpec({ automountServiceAccountToken: false }),
      'spec.automountServiceAccountToken',
    ],
    [
      'by the presence of an empty selector',
      withSpec({ topologySpreadConstraints: [{ labelSelector: {} }] }),
      'spec.topologySpreadConstraints',
    ],
    [
      'by a key that has a meaning in JavaScript',
      JSON.parse(JSON.stringify(plain).replace('"app":"web"', '"app":"web","__proto__":"x"')),
      'metadata.labels.__proto__',
    ],
  ];
  for (const [how, other, field] of pairs)
    it(how, () => {
      assert.ok(!sameTemplate(plain, other));
      assert.deepEqual(differences(canonicalTemplate(plain), canonicalTemplate(other)), [field]);
    });

  it('by an order of containers, at each of them', () => {
    const two = [{ name: 'a' }, { name: 'b' }];
    const found = differences({ containers: two }, { containers: two.toReversed() });
    assert.deepEqual(found, ['containers[0].name', 'containers[1].name']);
  });
});

describe('The canonical form', () => {
  it('does not depend on the order of keys, whatever it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), any => {
        assert.ok(sameTemplate(any, Object.fromEntries(Object.entries(any).toReversed())));
      }),
    );
  });

  it('finds a difference exactly where two forms are not equal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        const found = differences(canonicalTemplate(a), canonicalTemplate(b));
        assert.equal(found.length === 0, sameTemplate(a, b));
      }),
    );
  });
});
