import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follow } from './shell.ts';

const image = new Map([['VERSION', 'v2']]);
const exits = (after: number, code: number) => ({ exits: { after, code }, trap: undefined });
const forEver = { exits: undefined, trap: undefined };

for (const [command, expected] of [
  [['sleep', '2'], exits(2000, 0)],
  [['true'], exits(0, 0)],
  [['false'], exits(0, 1)],
  [['sh', '-c', 'exit 3'], exits(0, 3)],
  [['/bin/sh', '-ec', 'sleep 1; exit 2'], exits(1000, 2)],
  [['/bin/busybox', 'sh', '-c', 'sleep 0.5\nfalse'], exits(500, 1)],
  [['bash', '-c', 'sleep 1m && exit 4'], exits(60_000, 4)],
  [['sh', '-c', 'false || exit 5; exit 6'], exits(0, 5)],
  [['sh', '-c', 'true || exit 5; exit 6'], exits(0, 6)],
  [['sh', '-c', 'echo "done; really" && exit 7'], exits(0, 7)],
  [['sh', '-c', 'test $VERSION = v1 || exit 8'], exits(0, 8)],
  [['sh', '-c', `test "$VERSION" = v2 && sleep 3`], exits(3000, 0)],
  [['sleep', 'infinity'], forEver],
  [['sh', '-c', 'while true; do sleep 0.2; done'], forEver],
  [
    ['sh', '-c', `trap 'sleep 4; exit 9' TERM; while true; do sleep 0.2; done`],
    { exits: undefined, trap: { after: 4000, code: 9 } },
  ],
] as const)
  test(`follows: ${command.join(' ')}`, () => assert.deepEqual(follow(command, image), expected));

for (const command of [
  [],
  ['nginx'],
  ['sh'],
  ['sh', '-c', 'nginx & wait'],
  ['sh', '-c', 'sleep $N'],
  ['sleep'],
] as const)
  test(`does not pretend to understand: ${command.join(' ')}`, () => assert.equal(follow(command, image), undefined));
