import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Recall, recallingFilter } from './recall.ts';

interface Thing {
  readonly id: string;
  readonly version: number;
}

/** Counts what is made, so that a test can tell what was remembered. */
const recall = () => {
  const remembered = new Recall<Thing, Made>(({ id }) => id);
  let count = 0;
  const each = (things: readonly Thing[]): readonly Made[] =>
    remembered.each(things, of => {
      count += 1;
      return { of };
    });
  return { each, made: () => count };
};

interface Made {
  readonly of: Thing;
}

const thing = (id: string, version = 1): Thing => ({ id, version });
const [a, b, c] = [thing('a'), thing('b'), thing('c')];

/** One list after another, in which a thing is the same object until it has another version. */
const lists = fc
  .array(
    fc.uniqueArray(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), version: fc.nat(2) }), {
      selector: ({ id }) => id,
    }),
  )
  .map(all => {
    const known = new Map(all.flat().map(one => [`${one.id}${one.version}`, one]));
    return all.map(list => list.map(one => known.get(`${one.id}${one.version}`) ?? one));
  });

describe('What was made of things', () => {
  const madeAfter = (before: readonly Thing[], after: readonly Thing[]): number => {
    const { each, made } = recall();
    each(before);
    const first = made();
    each(after);
    return made() - first;
  };

  it('is not made again while they are the same', () => assert.equal(madeAfter([a, b, c], [a, b, c]), 0));
  it('is made anew of one that has changed', () => assert.equal(madeAfter([a, b, c], [a, thing('b', 2), c]), 1));
  it('is found behind one that is gone', () => assert.equal(madeAfter([a, b, c], [b, c]), 0));
  it('is made of those that have come', () => assert.equal(madeAfter([a], [a, b, c]), 2));
  it('is made anew after a call that failed', () => {
    const failing = new Recall<Thing, Made>(({ id }) => id);
    failing.each([a, b, c], of => ({ of }));
    assert.throws(() =>
      failing.each([b, c, thing('d')], () => {
        throw new Error('it cannot be made');
      }),
    );
    assert.deepEqual(
      failing.each([b, c], of => ({ of })).map(({ of }) => of),
      [b, c],
    );
  });

  it('is that of each thing, whatever has become of the others', () => {
    fc.assert(
      fc.property(lists, all => {
        const { each } = recall();
        for (const list of all)
          assert.deepEqual(
            each(list).map(({ of }) => of),
            list,
          );
      }),
    );
  });
});

describe('A filter that remembers', () => {
  it('finds what one finds that does not', () => {
    const isSuch = ({ version }: Thing): boolean => version === 1;
    fc.assert(
      fc.property(lists, all => {
        const filter = recallingFilter(isSuch);
        for (const list of all) assert.deepEqual(filter(list), list.filter(isSuch));
      }),
    );
  });

  it('asks of each thing once while it stands where it stood', () => {
    let asked = 0;
    const filter = recallingFilter<Thing>(() => {
      asked += 1;
      return true;
    });
    filter([a, b, c]);
    filter([a, thing('b', 2), c]);
    assert.equal(asked, 4);
  });
});
