import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Container } from '../../api/kubernetes.ts';
import { aPod, applied } from '../../test/support/sidecarsets.ts';
import { launch } from './barrierEnv.ts';
import { askedOrder, printOrder, readOrder } from './order.ts';

const container = (name: string, priority?: string): Container => ({
  name,
  image: 'app:v1',
  ...(priority !== undefined && { env: [{ name: 'KRUISE_CONTAINER_PRIORITY', value: priority }] }),
});
const ordered = new Map([['apps.kruise.io/container-launch-priority', 'Ordered']]);
const none = new Map<string, string>();

describe('The order that a pod asks for', () => {
  const rows: readonly (readonly [string, readonly Container[], Record<string, number> | undefined])[] = [
    ['none without a word of it', [container('a'), container('b')], undefined],
    ['none for one container', [container('a', '5')], undefined],
    ['none where all are equal', [container('a', '3'), container('b', '3')], undefined],
    [
      'by variables, 0 where there is none',
      [container('a', '5'), container('b'), container('c', '-3')],
      { a: 5, b: 0, c: -3 },
    ],
    ['0 for what is no whole number', [container('a', 'high'), container('b', '1')], { a: 0, b: 1 }],
  ];
  for (const [what, containers, is] of rows)
    it(what, () => {
      const { order } = askedOrder(containers, none);
      assert.deepEqual(order && Object.fromEntries(order), is);
    });

  it('is that of the list under the annotation, whatever variables say', () => {
    const { order } = askedOrder([container('a', '1'), container('b', '2'), container('c')], ordered);
    assert.deepEqual(order && [...order], [
      ['a', 0],
      ['b', -1],
      ['c', -2],
    ]);
  });

  it('warns of what is no whole number', () => {
    for (const odd of ['high', '', '1.5', '0x1', '99999999999999999999'])
      assert.equal(askedOrder([container('a', odd), container('b')], none).warnings.length, 1, odd);
  });

  it('is read as it was written, and anything else is none', () => {
    const order = new Map([
      ['a', 0],
      ['b', -1],
    ]);
    assert.deepEqual(readOrder(printOrder(order)), order);
    for (const odd of [undefined, '', '{', '[]', 'null', '{"a":"b"}', '{"a":1.5}'])
      assert.equal(readOrder(odd), undefined);
  });
});

describe('Barriers in a new pod', () => {
  const priority = fc.option(fc.integer({ min: -3, max: 3 }).map(String), { nil: undefined });
  const pods = fc.record({
    priorities: fc.array(priority, { minLength: 1, maxLength: 5 }),
    annotations: fc.constantFrom(undefined, {}, Object.fromEntries(ordered)),
    name: fc.constantFrom<(string | undefined)[]>('web-0', undefined),
  });
  const made = ({ priorities, annotations, name }: typeof pods extends fc.Arbitrary<infer P> ? P : never) =>
    aPod(
      '',
      { containers: priorities.map((p, i) => container(`c${i}`, p)) },
      { name, generateName: 'web-', annotations },
    );
  type Pod = ReturnType<typeof made>;
  const containersOf = (pod: Pod): readonly Container[] =>
    (pod['spec'] as { containers: readonly Container[] }).containers;
  const launched = (pod: Pod): Pod => {
    const now = { containers: containersOf(pod), annotations: new Map(Object.entries(pod.metadata.annotations ?? {})) };
    const result = launch(pod, now, 'a draw');
    assert.ok(result.is === 'done');
    return applied(pod, result.ops);
  };
  const keysOf = (pod: Pod): readonly (string | undefined)[] =>
    containersOf(pod).flatMap(
      ({ env }) =>
        env?.flatMap(e =>
          e.valueFrom ? [`${e.valueFrom.configMapKeyRef?.name}/${e.valueFrom.configMapKeyRef?.key}`] : [],
        ) ?? [],
    );

  it('idempotent: twice is once', () => {
    fc.assert(fc.property(pods, pod => assert.deepEqual(launched(launched(made(pod))), launched(made(pod)))));
  });

  it('are those of the pod when it was copied from another, or when a container came in between', () => {
    const pod = launched(
      made({ priorities: [undefined, undefined], annotations: Object.fromEntries(ordered), name: 'old' }),
    );
    const copy = {
      ...pod,
      metadata: { ...pod.metadata, name: 'new' },
      spec: { containers: [container('x'), ...containersOf(pod)] },
    };
    assert.deepEqual(keysOf(launched(copy)), ['new-barrier/p_0', 'new-barrier/p_-1', 'new-barrier/p_-2']);
  });

  it('are not for what no apiserver has decoded: it stays as it is', () => {
    for (const env of [null, 'X', [null], {}]) {
      const pod = aPod('web-0', { containers: [container('a', '1'), { ...container('b'), env }] });
      assert.deepEqual(launched(pod), pod);
    }
  });

  it('come beside variables whose values are none, and behind a prefix that is no text', () => {
    const odd = { toString: {} };
    const env = ['KRUISE_CONTAINER_PRIORITY', 'KRUISE_CONTAINER_BARRIER'].map(name => ({
      ...{ name, value: odd, valueFrom: { configMapKeyRef: { key: odd } } },
    }));
    const containers = [container('a', '1'), { ...container('b'), env }];
    const pod = launched(aPod('', { containers }, { name: undefined, generateName: 7 }));
    assert.match(pod.metadata.name ?? '', /^[b-z2-9]{5}$/);
    assert.equal(containersOf(pod)[1]?.env?.length, env.length + 1);
  });

  it('need a name: it is made up where there is only a prefix, and fits', () => {
    const pod = aPod(
      '',
      { containers: [container('a', '1'), container('b')] },
      { name: undefined, generateName: 'x'.repeat(80) },
    );
    const { name } = launched(pod).metadata;
    assert.match(name ?? '', /^x{58}[b-z2-9]{5}$/);
    assert.ok(keysOf(launched(pod)).every(key => key?.startsWith(`${name}-barrier/`)));
  });
});
