import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aPod, aSidecarSet, usable } from '../../test/support/sidecarsets.ts';
import { podView } from '../pods/project.ts';
import { inOrder, useOf } from './order.ts';
import { scattered, type Term } from './scatter.ts';

const pod = (labels: Record<string, string>, number = 0, status: object = {}) => ({
  number,
  pod: podView({
    ...aPod(
      `web-${String(number).padStart(3, '0')}`,
      { nodeName: 'n' },
      { labels, annotations: { 'kruise.io/sidecarset-injected-list': 'logs' } },
    ),
    status,
  }),
});
const term = (value: string): Term => ({ key: value, value: 'yes' });
/** `A` has the label A, `.` has none. */
const fleet = (text: string) => Array.from(text, (c, i) => pod(c === '.' ? {} : { [c]: 'yes' }, i));
const spread = (text: string, ...terms: readonly string[]) => {
  const pods = fleet(text);
  return scattered(pods, terms.map(term), pods)
    .map(p => p.number)
    .join();
};

describe('Scattered pods', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['....AA', '4,0,1,2,3,5'],
    ['...AAA', '3,0,1,4,2,5'],
    ['...A..A', '3,0,1,2,4,5,6'],
    ['......AAA', '6,0,1,2,7,3,4,5,8'],
    ['..AAAA', '2,3,0,4,1,5'],
    ['..A.AAAAA', '2,4,0,5,6,1,7,3,8'],
    ['.A.A..AAA', '1,0,3,2,6,4,7,5,8'],
    ['.......AAA', '7,0,1,2,3,8,4,5,6,9'],
    ['A.', '0,1'],
  ];
  for (const [pods, order] of rows) it(`${pods} go as ${order}`, () => assert.equal(spread(pods, 'A'), order));

  it('of two labels are spread one after the other, the more frequent one first [§11.6 b scatter]', () => {
    assert.equal(spread('BB..AA', 'A', 'B'), '0,4,2,3,5,1');
    assert.equal(spread('......BAAB', 'B', 'A'), '7,6,0,1,2,3,4,5,9,8');
    assert.equal(spread('......BAAB', 'A', 'B'), '6,7,0,1,2,3,4,5,8,9');
  });

  it('keep the proportions of all pods while some wait', () => {
    const all = fleet('....AA');
    assert.equal(scattered(all.slice(2), [term('A')], all).length, 4);
  });

  it('of every value of a key are found by a star', () => {
    const pods = ['x', 'x', 'y', 'y', 'z'].map((app, i) => pod({ app }, i));
    assert.equal(scattered(pods, [{ key: 'app', value: '*' }], pods).length, 5);
  });

  it('are the same pods, whatever the terms', () => {
    const text = fc.string({ unit: fc.constantFrom('.', 'A', 'B', 'C'), maxLength: 20 });
    fc.assert(
      fc.property(text, text, fc.subarray(['A', 'B', 'C']), (waiting, more, terms) => {
        const all = fleet(waiting + more);
        const order = scattered(all.slice(0, waiting.length), terms.map(term), all).map(p => p.number);
        assert.deepEqual(
          order.toSorted((a, b) => a - b),
          Array.from(waiting, (_, i) => i),
        );
      }),
    );
  });
});

const used = (member: ReturnType<typeof pod>) => ({ ...member, ...useOf(member.pod) });

describe('The order of a rollout', () => {
  const ordered = (strategy: object, pods: readonly ReturnType<typeof pod>[]) =>
    inOrder(pods.map(used), usable(aSidecarSet({ strategy: { ...strategy } })).spec.updateStrategy, []).map(
      p => p.number,
    );

  it('begins with pods that serve least [§11.6 b order]', () => {
    const condition = (status: string, lastTransitionTime: string) => ({
      phase: 'Running',
      conditions: [{ type: 'Ready', status, lastTransitionTime }],
    });
    const pods = [
      pod({}, 0, condition('True', '2026-01-01T00:00:00Z')),
      pod({}, 1, condition('True', '2026-01-02T00:00:00Z')),
      pod({}, 2, condition('False', '2026-01-01T00:00:00Z')),
      pod({}, 3, { phase: 'Pending' }),
    ];
    assert.deepEqual(ordered({}, pods), [3, 2, 1, 0]);
  });

  it('has the first of many in front, as if all were sorted, and the others behind them', () => {
    const some = fc.array(fc.record({ restarts: fc.nat(3), createdAt: fc.nat(3) }), { maxLength: 40 });
    fc.assert(
      fc.property(some, fc.nat(45), (uses, first) => {
        const members = uses.map(({ restarts, createdAt }, i) => ({
          pod: pod({}, i).pod,
          ...{ stage: 13, readySince: 0, restarts, createdAt, name: `web-${i}` },
        }));
        const { updateStrategy } = usable(aSidecarSet()).spec;
        const [sorted, order] = [inOrder(members, updateStrategy, []), inOrder(members, updateStrategy, [], first)];
        assert.deepEqual(order.slice(0, first), sorted.slice(0, first));
        assert.deepEqual(new Set(order), new Set(members));
        assert.equal(order.length, members.length);
      }),
    );
  });

  it('follows the sum of the weights [§11.6 b weight]', () => {
    const weight = (key: string, value: string, weight: number) => ({
      weight,
      matchSelector: { matchLabels: { [key]: value } },
    });
    const priorityStrategy = { weightPriority: [weight('foo', 'bar', 100), weight('hello', 'world', 90)] };
    const pods = [pod({ hello: 'world' }, 0), pod({}, 1), pod({ foo: 'bar' }, 2), pod({}, 3)];
    assert.deepEqual(ordered({ priorityStrategy }, pods), [2, 0, 1, 3]);
  });

  it('follows the numbers at the end of labels, key by key; pods without any go first [§11.6 b ordered]', () => {
    const priorityStrategy = { orderPriority: [{ orderedKey: 'a' }, { orderedKey: 'b' }] };
    const pods = [pod({ b: 'x-9' }, 0), pod({ a: 'x-2' }, 1), pod({ a: 'x-10' }, 2), pod({}, 3), pod({ a: 'none' }, 4)];
    assert.deepEqual(ordered({ priorityStrategy }, pods), [3, 2, 1, 4, 0]);
  });
});
