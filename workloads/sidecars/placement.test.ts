import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { applyPatch, type Operation } from 'rfc6902';
import type { Container } from '../../api/kubernetes.ts';
import { type Built, place } from './placement.ts';

const plain = { noNullPrototype: true };
const name = fc.constantFrom('a', 'b', 'c', 'd');
const present = fc.option(fc.array(fc.record({ name }, plain), { maxLength: 4 }), { nil: undefined });
const built = fc.array(
  fc.record({
    container: fc.record({ name, image: fc.constant('sidecar:v1') }, plain),
    set: fc.constantFrom('s', 't'),
    place: fc.constantFrom('before' as const, 'after' as const),
  }),
  { maxLength: 4 },
);

it('what is said to become of the containers of a pod is what becomes of them, even if two have one name', () => {
  fc.assert(
    fc.property(present, built, (own: readonly Container[] | undefined, all: readonly Built[]) => {
      const pod = { spec: own === undefined ? {} : { containers: structuredClone([...own]) } };
      const { list, ops } = place('containers', own, all);
      assert.deepEqual(applyPatch(pod, structuredClone(ops) as Operation[]).filter(Boolean), []);
      assert.deepEqual((pod.spec as { containers?: readonly Container[] }).containers ?? [], list);
    }),
  );
});
