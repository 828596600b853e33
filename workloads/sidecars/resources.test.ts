import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Container } from '../../api/kubernetes.ts';
import { type Policy, resourcesFor, wrongWithExpression } from './resources.ts';

const app = (name: string, limits?: Record<string, string>, requests?: Record<string, string>): Container => ({
  name,
  resources: { ...(limits && { limits }), ...(requests && { requests }) },
});
const policy = (of: Partial<Policy>): Policy => ({
  targetContainersMode: 'sum',
  targetContainersNameRegex: '.*',
  resourcesExpr: { limits: { cpu: 'cpu*0.5' }, requests: { cpu: 'cpu*0.5' } },
  ...of,
});
const of = (p: Partial<Policy>, ...containers: readonly Container[]) => {
  const result = resourcesFor(policy(p), containers);
  return result.is === 'computed' ? result.resources : result.why;
};

const main = app('main', { cpu: '2' }, { cpu: '1' });
const worker = app('worker', { cpu: '500m' }, { cpu: '500m' });

describe("A sidecar's resources", () => {
  it('follow from the sum of the app containers', () =>
    assert.deepEqual(of({}, main, worker), { limits: { cpu: '1250m' }, requests: { cpu: '750m' } }));

  it('or from the greatest of them', () =>
    assert.deepEqual(of({ targetContainersMode: 'max' }, main, worker), {
      limits: { cpu: '1' },
      requests: { cpu: '500m' },
    }));

  it('look at the containers that the expression names, anywhere in their names', () =>
    assert.deepEqual(of({ targetContainersNameRegex: 'ork' }, main, worker), {
      limits: { cpu: '250m' },
      requests: { cpu: '250m' },
    }));

  it('have no limit if one of the targets has none, and requests all the same', () =>
    assert.deepEqual(of({}, main, app('free')), { requests: { cpu: '500m' } }));

  it('request nothing where the app requests nothing', () =>
    assert.deepEqual(of({ resourcesExpr: { requests: { memory: 'memory*2' } } }, app('free')), {
      requests: { memory: '0' },
    }));

  it('cannot be computed without targets, or below zero, and say why [§8.1 none, §7.10 no target]', () => {
    assert.equal(of({ targetContainersNameRegex: 'none' }, main), 'no containers match the regex pattern "none"');
    assert.equal(
      of({ resourcesExpr: { requests: { cpu: 'cpu-5' } } }, main),
      'requests.cpu: "cpu-5": calculation result is negative',
    );
    assert.match(JSON.stringify(of({ targetContainersNameRegex: '(' }, main)), /missing closing/);
  });
});

describe('An expression is refused before any pod asks', () => {
  it('if it can never work', () => {
    for (const text of ['cpu*cpu', '100/cpu', 'memory', '-10', 'cpu/0', '2 3'])
      assert.ok(wrongWithExpression(text, 'cpu'), text);
  });

  it('if it has what looks like a number and is none', () => {
    for (const text of ['100MB', '2*2cpu', 'max(cpu, 1e)', '10%5'])
      assert.match(wrongWithExpression(text, 'cpu') ?? '', /is no number/, text);
    for (const text of ['1e3', '.5', '5.', '30%', '1.5Gi', '100m'])
      assert.equal(wrongWithExpression(text, 'cpu'), undefined);
  });

  it('and not if it works for some apps', () => {
    for (const text of ['cpu-2', 'cpu*2', '200m', 'max(cpu-1, 0.1)'])
      assert.equal(wrongWithExpression(text, 'cpu'), undefined, text);
    assert.equal(wrongWithExpression('memory-100Mi', 'memory'), undefined);
  });
});
