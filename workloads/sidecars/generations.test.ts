import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aPod, aSidecarSet, injected } from '../../test/support/sidecarsets.ts';
import { generationNotes } from './generations.ts';

const key = 'berth/sidecarset-generations';
const set = (name: string, generation?: number) =>
  aSidecarSet({
    name,
    spec: { containers: [{ name, image: `${name}:v1` }] },
    ...(generation === undefined ? {} : { metadata: { generation } }),
  });

describe('The generations on a pod', () => {
  it('are those of the sets that were injected, in the order of their names', () => {
    const pod = injected(aPod(), [set('b', 7), set('a', 2)]);
    assert.equal(pod.metadata.annotations?.[key], '{"a":2,"b":7}');
  });

  it('are not there where they are not known', () =>
    assert.equal(injected(aPod(), [set('a')]).metadata.annotations?.[key], undefined));

  it('keep those of other sets, and replace what nobody writes', () => {
    const decided = [{ set: 'a', generation: 3 }];
    assert.deepEqual(generationNotes('{"a":1,"b":2}', decided), [[key, '{"a":3,"b":2}']]);
    for (const odd of ['', '{', 'null', '[]', '"x"', '{"b":"2"}'])
      assert.deepEqual(generationNotes(odd, decided), [[key, '{"a":3}']]);
  });
});
