/** A random sample of what `make faults` tries in full. BERTH_FAULTS: how long it may take, and BERTH_FAULTS_SEED which it is. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { durationIn } from '../cluster/kubelet/settings.ts';
import { Campaign } from '../instruments/faults/campaign.ts';
import { openLaboratory } from '../instruments/faults/laboratory.ts';
import { idOf, type Plan } from '../instruments/faults/perturbation.ts';
import { failuresOf } from '../instruments/faults/report.ts';
import { shuffled } from '../instruments/faults/sample.ts';
import { scenarios } from '../instruments/faults/scenarios.ts';

const began = performance.now();
const within = durationIn(process.env['BERTH_FAULTS'] ?? '') ?? 300_000;
// The same sample every time: a change must not fail for a fault that was there before. `make faults` tries all.
const seed = Number(process.env['BERTH_FAULTS_SEED'] ?? 741636);

const lab = await openLaboratory({ name: `faults-test-${process.pid}` });
after(() => lab[Symbol.asyncDispose]());
const campaign = new Campaign(lab);
const plans: Plan[] = [];

test('every reference scenario comes to its end undisturbed, and there is much that could go wrong in it', async t => {
  for (const scenario of scenarios) {
    const own = await campaign.plansFor(scenario, 'thrifty');
    t.diagnostic(`${scenario.name}: ${own.length} plans`);
    assert.ok(own.length > 50);
    plans.push(...own);
  }
});

test('whatever goes wrong once, the end is the same and no invariant is broken on the way', async t => {
  t.diagnostic(`BERTH_FAULTS_SEED=${seed} makes the same choice`);
  const results = await campaign.tryAll(shuffled(plans, seed), began + within, ({ plan, is }) => {
    if (is !== 'passed') t.diagnostic(`${idOf(plan)}: ${is}`);
  });
  const reached = results.filter(({ is }) => is !== 'not reached').length;
  t.diagnostic(`${results.length} plans, ${reached} of them reached what they were to disturb`);
  assert.equal(failuresOf(results), '');
  assert.ok(reached >= 0.8 * results.length && reached > 0);
});
