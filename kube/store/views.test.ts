import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Resource, Seen } from '../contract.ts';
import { Views } from './views.ts';

interface Thing extends Seen {
  readonly tags: readonly string[];
}

const Things: Resource<Thing> = {
  ...{ group: '', version: 'v1', kind: 'Thing', plural: 'things', scope: 'Cluster' },
  view: () => undefined,
  indexes: {
    tag: { valuesOf: ({ tags }) => tags },
    first: { valuesOf: ({ tags }) => tags.slice(0, 1), isSame: (a, b) => a.tags[0] === b.tags[0] },
  },
};

const thing = (name: string, tags: readonly string[]): Thing => ({
  ...{ key: name, namespace: '', name, uid: name, resourceVersion: '1', generation: 1, tags },
});

const tag = fc.constantFrom('a', 'b', 'c');
const step = fc.record({
  name: fc.constantFrom('x', 'y', 'z'),
  tags: fc.option(fc.uniqueArray(tag), { nil: undefined }),
});

it('an index finds what a look at every view finds, whatever was set and deleted', () => {
  fc.assert(
    fc.property(fc.array(step), steps => {
      const views = new Views(Things);
      for (const { name, tags } of steps) {
        if (tags === undefined) views.delete(name);
        else views.set(thing(name, tags));
        for (const value of ['a', 'b', 'c']) {
          const has = (index: 'tag' | 'first') => (view: Thing) =>
            Things.indexes[index]?.valuesOf(view).includes(value);
          for (const index of ['tag', 'first'] as const)
            assert.deepEqual(new Set(views.by(index, value)), new Set(views.all().filter(has(index))));
        }
      }
    }),
  );
});
