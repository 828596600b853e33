import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { annotations } from '../../api/names.ts';
import { podView } from '../pods/project.ts';
import type { PodView } from '../pods/view.ts';
import {
  type Former,
  printRecord,
  printSidecarRecord,
  printWish,
  sidecarRecordNames,
  sidecarRecordOf,
  type UpdateRecord,
  updateRecordOf,
  wishOf,
} from './record.ts';

const podWith = (key: string, text: string): PodView =>
  podView({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-0',
      uid: 'u',
      annotations: { [key]: text },
      ownerReferences: [
        { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true },
      ],
    },
  });

const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'));

const former: fc.Arbitrary<Former> = fc.record(
  {
    imageID: fc.string(),
    containerID: fc.string(),
    restartCount: fc.nat(),
    image: fc.string(),
    pending: fc.constant(true as const),
  },
  { requiredKeys: ['imageID'], noNullPrototype: true },
);

const record: fc.Arbitrary<UpdateRecord> = fc.record(
  {
    revision: fc.string(),
    updatedAt: fc.nat(4_000_000_000).map(s => s * 1000),
    wasReady: fc.boolean(),
    formers: fc.array(fc.tuple(name, former)).map(entries => new Map(entries)),
  },
  { noNullPrototype: true },
);

describe('The record of an in-place update', () => {
  it('reads what it printed', () => {
    fc.assert(
      fc.property(record, r => {
        const read = updateRecordOf(podWith(annotations.inPlaceState, printRecord(r)));
        assert.deepEqual(read, { is: 'read', value: r });
      }),
    );
  });

  it('never throws, whatever the annotation holds', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom('null', '{"lastContainerStatuses":{"a":null}}'));
    fc.assert(
      fc.property(text, any => {
        const pod = podWith(annotations.inPlaceState, any);
        updateRecordOf(pod);
        wishOf(podWith(annotations.inPlaceGrace, any));
        const sidecars = podWith(annotations.sidecarSetInPlaceState, any);
        for (const set of sidecarRecordNames(sidecars)) sidecarRecordOf(sidecars, set);
        printSidecarRecord(sidecars, 'log', { revision: 'r', updatedAt: 0, wasReady: true, formers: new Map() });
      }),
    );
  });

  it('reads what OpenKruise wrote', () => {
    const theirs = JSON.stringify({
      revision: 'web-6dc8668c7d',
      updateTimestamp: '2025-01-01T00:00:00Z',
      lastContainerStatuses: { main: { imageID: 'old' } },
      updateImages: true,
      containerBatchesRecord: [{ timestamp: '2025-01-01T00:00:00Z', containers: ['main'] }],
    });
    const read = updateRecordOf(podWith(annotations.inPlaceState, theirs));
    assert.deepEqual(read, {
      is: 'read',
      value: {
        revision: 'web-6dc8668c7d',
        updatedAt: Date.parse('2025-01-01T00:00:00Z'),
        wasReady: true,
        formers: new Map([['main', { imageID: 'old' }]]),
      },
    });
  });

  it('tells a broken annotation from an absent one', () => {
    assert.equal(updateRecordOf(podWith(annotations.inPlaceState, '[')).is, 'broken');
    assert.equal(updateRecordOf(podWith('berth/other', 'x')).is, 'absent');
    assert.equal(sidecarRecordOf(podWith(annotations.sidecarSetInPlaceState, '['), 'log').is, 'broken');
    assert.equal(sidecarRecordOf(podWith(annotations.sidecarSetInPlaceState, '{}'), 'log').is, 'absent');
  });
});

describe('The records of SidecarSets', () => {
  it('are absent for a set that is named like a part of every object', () => {
    const pod = podWith(annotations.sidecarSetInPlaceState, '{}');
    for (const set of ['constructor', 'toString', '__proto__']) assert.equal(sidecarRecordOf(pod, set).is, 'absent');
  });

  it('keep the members of other sets as they are', () => {
    const theirs = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(theirs, record, (others, mine) => {
        const pod = podWith(annotations.sidecarSetInPlaceState, JSON.stringify(others));
        const printed: unknown = JSON.parse(printSidecarRecord(pod, 'log', mine));
        const kept = Object.entries(printed as object).filter(([key]) => key !== 'log');
        const given = Object.entries(JSON.parse(JSON.stringify(others)) as object).filter(([key]) => key !== 'log');
        assert.deepEqual(new Map(kept), new Map(given));
      }),
    );
  });

  it('read what they printed', () => {
    fc.assert(
      fc.property(record, r => {
        const text = printSidecarRecord(podWith('berth/other', ''), 'log', r);
        const read = sidecarRecordOf(podWith(annotations.sidecarSetInPlaceState, text), 'log');
        assert.deepEqual(read, { is: 'read', value: r });
      }),
    );
  });
});

describe('A wish', () => {
  it('reads what it printed', () => {
    const wish = fc.record(
      {
        revision: fc.string(),
        images: fc.array(fc.tuple(name, fc.string())).map(entries => new Map(entries)),
        graceSeconds: fc.nat(300),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(wish, w =>
        assert.deepEqual(wishOf(podWith(annotations.inPlaceGrace, printWish(w))), { is: 'read', value: w }),
      ),
    );
  });

  it('takes only images that are text', () => {
    const read = wishOf(podWith(annotations.inPlaceGrace, '{"containerImages":{"a":1,"b":"v2"},"graceSeconds":-5}'));
    assert.deepEqual(read, { is: 'read', value: { revision: '', images: new Map([['b', 'v2']]), graceSeconds: 0 } });
  });
});
