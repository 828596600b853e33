/** What the checker says of a story. */

import assert from 'node:assert/strict';
import { check } from './checker.ts';
import type { Chronicle } from './chronicle.ts';
import { invariants } from './invariants.ts';
import { DbPod, dbSet, Story } from './story.fixture.ts';

export const violationsIn = (chronicle: Chronicle): readonly string[] =>
  check(chronicle, invariants()).violations.map(({ invariant, message }) => `${invariant}: ${message}`);

/** The story breaks exactly this invariant. */
export const breaks = (story: Story, invariant: string, sentence: RegExp): void => {
  const violations = violationsIn(story.chronicle());
  assert.ok(violations.length > 0, 'nobody noticed');
  for (const violation of violations) {
    assert.ok(violation.startsWith(`${invariant}: `), violation);
    assert.match(violation, sentence);
  }
};

/** Among others. */
export const breaksToo = (story: Story, invariant: string, sentence: RegExp): void => {
  const violations = violationsIn(story.chronicle());
  assert.ok(
    violations.some(violation => violation.startsWith(`${invariant}: `) && sentence.test(violation)),
    violations.join('\n'),
  );
};

export const breaksNothing = (story: Story): void => assert.deepEqual(violationsIn(story.chronicle()), []);

/** A StatefulSet `db` with three pods, which was there when recording began. */
export const three = (spec = {}): { readonly story: Story; readonly pods: readonly [DbPod, DbPod, DbPod] } => {
  const story = dbSet(new Story(), spec);
  const pods = [new DbPod(story, 'db-0'), new DbPod(story, 'db-1'), new DbPod(story, 'db-2')] as const;
  story.write('StatefulSet', 'db', { status: {} }).begins();
  return { story, pods: [...pods] };
};

export const newRevision = (story: Story): Story =>
  story.write('StatefulSet', 'db', {
    metadata: { generation: 2 },
    status: { updateRevision: 'v2', updatedReplicas: 0, observedGeneration: 2 },
  });
