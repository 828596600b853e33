import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { markOf, printInjectedList, printMarks, readInjectedList, readMarks } from './marks.ts';

const at = '2026-01-02T03:04:05Z';

describe('Marks on a pod', () => {
  it('are printed as OpenKruise prints them [§7.8 hash, §7.8 sidecarList]', () => {
    const b = markOf({ set: 'b', hash: 'h', containers: ['z', 'a'], at, revision: 'b-1' });
    const a = markOf({ set: 'a', hash: 'h', containers: [], at, revision: '' });
    assert.equal(
      printMarks(
        new Map([
          ['b', b],
          ['a', a],
        ]),
      ),
      '{"a":{"updateTimestamp":"2026-01-02T03:04:05Z","hash":"h","sidecarSetName":"a","sidecarList":[]},' +
        '"b":{"updateTimestamp":"2026-01-02T03:04:05Z","hash":"h","sidecarSetName":"b","sidecarList":["a","z"],"controllerRevision":"b-1"}}',
    );
  });

  it('of very old versions are the hash alone, and are written in full', () => {
    const marks = readMarks('{"old":"0123"}');
    assert.equal(marks?.get('old')?.hash, '0123');
    assert.equal(
      marks && printMarks(marks),
      '{"old":{"updateTimestamp":null,"hash":"0123","sidecarSetName":"old","sidecarList":null}}',
    );
  });

  for (const nothing of [undefined, '', 'null', '{}'])
    it(`are none in ${JSON.stringify(nothing)}`, () => assert.equal(readMarks(nothing)?.size, 0));

  for (const broken of [
    '{',
    '[]',
    '5',
    '{"a":1}',
    '{"a":"1","b":{"hash":"2"}}',
    '{"a":{"updateTimestamp":"yesterday"}}',
    '{"a":{"hash":5}}',
  ])
    it(`cannot be read from ${broken}`, () => assert.equal(readMarks(broken), undefined));

  it('survive any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => void readMarks(text)));
  });

  it('of a set with any name are read back', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (set, hash) => {
        const mark = markOf({ set, hash, containers: ['a'], at, revision: 'r' });
        assert.deepEqual(readMarks(printMarks(new Map([[set, mark]])))?.get(set), mark);
      }),
    );
  });

  it('name each set once, in order', () => {
    assert.equal(printInjectedList([...readInjectedList('b,a,,b'), 'c']), 'a,b,c');
    assert.deepEqual(readInjectedList(undefined), []);
  });
});
