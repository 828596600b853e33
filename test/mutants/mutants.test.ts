import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repository } from '../cluster/folder.ts';
import { type Mutant, mutated } from './mutant.ts';
import { mutants } from './mutants.ts';
import { trialOf } from './trial.ts';

describe('Mutants', () => {
  it('have names of their own, and each finds its text in the source exactly once', () => {
    assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
    for (const mutant of mutants) {
      const source = readFileSync(join(repository, mutant.file), 'utf8');
      assert.notEqual(mutated(mutant, source), source, mutant.name);
    }
  });

  it('are refused where the source has moved on', () => {
    const mutant = { ...aMutant(), file: 'x.ts', find: 'a + b' };
    assert.equal(mutated({ ...mutant, replace: 'a - b' }, 'sum = a + b;'), 'sum = a - b;');
    assert.throws(() => mutated(mutant, 'sum = a - b;'), /contains no a \+ b/u);
    assert.throws(() => mutated(mutant, 'a + b; a + b'), /contains more than one a \+ b/u);
  });

  // All of them are `npm run mutants`; these come from every list.
  for (const mutant of mutants.filter((_, i) => i % 20 === 7))
    it(`are noticed: ${mutant.name}`, async () => {
      const { fate, output } = await trialOf(mutant);
      assert.equal(fate, 'killed', output);
    });
});

describe('A trial', () => {
  it('says that a mutant survived where its test passes', async () => {
    const killedBy = { file: 'workloads/rollout/budget.test.ts', test: 'always takes pods that are down' };
    assert.equal((await trialOf({ ...aMutant(), killedBy })).fate, 'survived');
  });

  it('says that a mutant was not tried where no such test is', async () => {
    const killedBy = { file: 'workloads/rollout/budget.test.ts', test: 'is not there' };
    assert.equal((await trialOf({ ...aMutant(), killedBy })).fate, 'not tried');
  });
});

/** One that pods which are down have nothing to do with. */
const aMutant = (): Mutant => {
  const found = mutants.find(({ name }) => name === 'takes one serving pod more than is left');
  assert.ok(found);
  return found;
};
