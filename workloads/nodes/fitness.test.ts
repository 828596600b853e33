import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec, Taint } from '../../api/kubernetes.ts';
import { Nodes, type NodeView } from '../resources.ts';
import { mayStay, startingOn } from './fitness.ts';

const aNode = (of: {
  readonly name?: string;
  readonly labels?: Record<string, string>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
  readonly allocatable?: Record<string, string>;
  readonly deletionTimestamp?: string;
}): NodeView => {
  const view = Nodes.view({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: of.name ?? 'n1',
      uid: 'u1',
      resourceVersion: '1',
      labels: of.labels ?? {},
      ...(of.deletionTimestamp === undefined ? {} : { deletionTimestamp: of.deletionTimestamp }),
    },
    spec: { taints: of.taints, unschedulable: of.unschedulable },
    status: { allocatable: of.allocatable ?? { cpu: '4', memory: '8Gi', pods: '110' } },
  });
  assert.ok(view);
  return view;
};

const spec = (of: Partial<PodSpec>): PodSpec => ({ containers: [{ name: 'main', image: 'a' }], ...of });
const asking = (requests: Record<string, string>): PodSpec =>
  spec({ containers: [{ name: 'main', image: 'a', resources: { requests } }] });
const affinity = (...nodeSelectorTerms: readonly object[]): PodSpec =>
  spec({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  } as unknown as Partial<PodSpec>);
const term = (operator: string, ...values: readonly string[]) => ({
  matchExpressions: [{ key: 'zone', operator, values }],
});

const why = (pod: PodSpec, node: NodeView): string => {
  const unfit = startingOn(pod)(node);
  if (unfit === undefined) return 'fits';
  if (unfit.because === 'Taint') return `Taint ${unfit.taint}`;
  return unfit.because === 'Resource' ? `Resource ${unfit.resource}` : unfit.because;
};

test('an empty pod fits an ordinary node, and none that takes no pods', () => {
  assert.equal(why(spec({}), aNode({})), 'fits');
  assert.equal(why(spec({}), aNode({ allocatable: { cpu: '4' } })), 'Resource pods');
  assert.equal(why(spec({}), aNode({ allocatable: { pods: '0' } })), 'Resource pods');
});

test('nodeName, nodeSelector and a deleted node', () => {
  assert.equal(why(spec({ nodeName: 'n2' }), aNode({})), 'OtherNode');
  assert.equal(why(spec({ nodeName: 'n1' }), aNode({})), 'fits');
  assert.equal(why(spec({ nodeSelector: { disk: 'ssd' } }), aNode({})), 'NodeSelector');
  assert.equal(why(spec({ nodeSelector: { disk: 'ssd' } }), aNode({ labels: { disk: 'ssd' } })), 'fits');
  assert.equal(why(spec({}), aNode({ deletionTimestamp: '2026-01-01T00:00:00Z' })), 'NodeDeleted');
});

test('each operator of a required node affinity', () => {
  const zone = (value: string): NodeView => aNode({ labels: { zone: value } });
  const rows: readonly (readonly [string, readonly string[], NodeView, boolean])[] = [
    ['In', ['a', 'b'], zone('b'), true],
    ['In', ['a'], zone('b'), false],
    ['In', ['a'], aNode({}), false],
    ['NotIn', ['a'], zone('b'), true],
    ['NotIn', ['a'], aNode({}), true],
    ['NotIn', ['b'], zone('b'), false],
    ['Exists', [], zone(''), true],
    ['Exists', [], aNode({}), false],
    ['DoesNotExist', [], aNode({}), true],
    ['DoesNotExist', [], zone('b'), false],
    ['Gt', ['5'], zone('6'), true],
    ['Gt', ['5'], zone('5'), false],
    ['Lt', ['5'], zone('-6'), true],
    ['Lt', ['5'], zone('x'), false],
    ['Lt', ['5'], aNode({}), false],
    ['Near', ['5'], zone('5'), false],
  ];
  for (const [operator, values, node, fits] of rows)
    assert.equal(
      why(affinity(term(operator, ...values)), node),
      fits ? 'fits' : 'NodeAffinity',
      `${operator} ${values.join()}`,
    );
});

test('terms are alternatives, an empty term matches nothing, and a key from a prototype is no label', () => {
  const node = aNode({ labels: { zone: 'b' } });
  assert.equal(why(affinity(term('In', 'a'), term('In', 'b')), node), 'fits');
  assert.equal(why(affinity({}), node), 'NodeAffinity');
  const inherited = { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] };
  assert.equal(why(affinity(inherited), node), 'NodeAffinity');
  const name = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] };
  assert.equal(why(affinity(name), node), 'fits');
  assert.equal(why(affinity(name), aNode({ name: 'n2' })), 'NodeAffinity');
});

test('taints keep a pod away unless it tolerates them', () => {
  const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  const node = aNode({ taints: [taint] });
  assert.equal(why(spec({}), node), 'Taint gpu=yes:NoSchedule');
  assert.equal(why(spec({}), aNode({ taints: [{ ...taint, effect: 'PreferNoSchedule' }] })), 'fits');
  const rows: readonly (readonly [object, boolean])[] = [
    [{ key: 'gpu', operator: 'Exists' }, true],
    [{ key: 'gpu', value: 'yes' }, true],
    [{ key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }, true],
    [{ operator: 'Exists' }, true],
    [{ key: 'gpu', operator: 'Equal', value: 'no' }, false],
    [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'cpu', operator: 'Exists' }, false],
    [{ key: 'gpu', operator: 'Like', value: 'yes' }, false],
    [{}, false],
  ];
  for (const [toleration, fits] of rows)
    assert.equal(why(spec({ tolerations: [toleration] }), node) === 'fits', fits, JSON.stringify(toleration));
});

test('a cordon keeps new pods away and lets a running one stay', () => {
  const node = aNode({ unschedulable: true });
  assert.equal(why(spec({}), node), 'Unschedulable');
  const tolerant = { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' };
  assert.equal(why(spec({ tolerations: [tolerant] }), node), 'fits');
  assert.equal(mayStay([], node), true);
});

test('of the taints only NoExecute drives a running pod away', () => {
  const tainted = (effect: string): NodeView => aNode({ taints: [{ key: 'x', effect }] });
  assert.equal(mayStay([], tainted('NoSchedule')), true);
  assert.equal(mayStay([], tainted('NoExecute')), false);
  assert.equal(mayStay([{ key: 'x', operator: 'Exists', tolerationSeconds: 5 }], tainted('NoExecute')), true);
});

test('requests are compared with what an empty node has', () => {
  const node = aNode({ allocatable: { cpu: '1900m', memory: '2Gi', pods: '10', 'example.test/gpu': '1' } });
  assert.equal(why(asking({ cpu: '1.9', memory: '2048Mi', 'example.test/gpu': '1' }), node), 'fits');
  assert.equal(why(asking({ cpu: '1901m' }), node), 'Resource cpu');
  assert.equal(why(asking({ memory: '2049Mi' }), node), 'Resource memory');
  assert.equal(why(asking({ 'example.test/tpu': '1' }), node), 'Resource example.test/tpu');
  assert.equal(why(asking({ 'example.test/tpu': '0' }), node), 'fits');
});

test('init containers count by their greatest, sidecars with everything that runs beside them, limits stand in', () => {
  const cpu = (amount: string) => ({ resources: { requests: { cpu: amount } } });
  const pod = (sidecar: string, init: string): PodSpec =>
    spec({
      initContainers: [
        { name: 'side', restartPolicy: 'Always', ...cpu(sidecar) },
        { name: 'init', ...cpu(init) },
      ],
      containers: [
        { name: 'a', ...cpu('1') },
        { name: 'b', resources: { limits: { cpu: '1' } } },
      ],
      overhead: { cpu: '100m' },
    });
  const with4 = aNode({});
  assert.equal(why(pod('1900m', '1'), with4), 'fits'); // 1.9 + 1 + 1 + 0.1
  assert.equal(why(pod('2', '1'), with4), 'Resource cpu');
  assert.equal(why(pod('1', '2900m'), with4), 'fits'); // 1 + 2.9 + 0.1
  assert.equal(why(pod('1', '3'), with4), 'Resource cpu');
});
