/** A sample of `npm run model`: the beginning of each scenario in all orders, and some long walks through larger ones. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { statefulSets } from '../../controllers/statefulset/controller.ts';
import { type Action, type Controller, type Reader, targetOf } from '../../kube/contract.ts';
import { Pods } from '../../workloads/resources.ts';
import { StatefulSets } from '../../workloads/statefulsets.ts';
import { type CounterExample, explore } from './explore.ts';
import { Model } from './model.ts';
import type { Scenario } from './scenario.ts';
import { largeScenario } from './scenarios/large.ts';
import { scenarios } from './scenarios.ts';
import { walk } from './walk.ts';

const upTo = (states: number) => ({ states, goOn: () => true });

const textOf = ({ wrong, trace }: CounterExample): string =>
  [...trace.map((line, i) => `${i + 1}. ${line}`), ...wrong.map(what => `=> ${what}`)].join('\n');

const named = (name: string): Scenario => {
  const found = scenarios.find(scenario => scenario.name === name);
  assert.ok(found, `there is no scenario '${name}'`);
  return found;
};

describe('In whatever order controllers, kubelets, watches and people move', () => {
  for (const scenario of scenarios)
    it(`every invariant holds: ${scenario.name}`, () => {
      const { found, states } = explore(new Model(scenario), upTo(1500));
      assert.ok(found === undefined, found && textOf(found));
      assert.ok(states > 100);
    });

  it('a rollout of three pods always comes to the same end', () => {
    const { complete, ends, found } = explore(new Model(named('StatefulSet: a new image, three pods')), upTo(20_000));
    assert.ok(found === undefined, found && textOf(found));
    assert.ok(complete && ends > 0);
  });

  it('larger sets keep their invariants on walks that are drawn', () => {
    fc.assert(
      fc.property(
        largeScenario,
        fc.array(fc.nat(), { minLength: 50, maxLength: 250, size: 'max' }),
        (scenario, draws) => {
          const walked = walk(new Model(scenario), draws);
          assert.ok(walked.wrong.length === 0, textOf(walked));
        },
      ),
      { numRuns: 40 },
    );
  });
});

// Good planners show nothing of what the walk can find; these are bad.
describe('The walk finds', () => {
  /** As good as ours until the image is changed. */
  const turningBad = (actions: (reader: Reader) => readonly Action[]): Controller => ({
    ...statefulSets,
    pass: (key, reader, now) => {
      const image = reader.get(StatefulSets, key)?.spec?.template.spec?.containers[0]?.image;
      return image === 'app:v1' ? statefulSets.pass(key, reader, now) : { actions: actions(reader) };
    },
  });

  const foundWith = (bad: Controller, invariant: string): string => {
    const scenario = named('StatefulSet: a new image, three pods');
    const judges = scenario.judges.filter(judge => judge.invariant === invariant);
    const controllers = [{ controller: bad, key: 'default/web' }];
    return explore(new Model({ ...scenario, judges, controllers }), upTo(20_000)).found?.wrong.join() ?? 'nothing';
  };

  it('a plan that never comes to rest', () => {
    const restless = turningBad(reader =>
      reader.list(StatefulSets).map(set => ({
        do: 'patch',
        target: targetOf(StatefulSets, set),
        part: 'object',
        guard: 'uid and version',
        patch: {
          as: 'strategic',
          body: { metadata: { annotations: { turn: set.annotations['turn'] === 'a' ? 'b' : 'a' } } },
        },
        why: 'it is the other turn',
      })),
    );
    assert.match(foundWith(restless, 'none of them'), /no end can be reached/u);
  });

  it('a plan that leaves pods as they are, and does not say why', () => {
    const idle = turningBad(() => []);
    assert.match(foundWith(idle, 'one reason per unmoved pod'), /has no reason/u);
    assert.match(foundWith(idle, 'converges'), /0 pods of 3 serve app:v2/u);
  });

  it('pods that are all taken at once', () => {
    const brutal = turningBad(reader =>
      reader
        .list(Pods)
        .filter(pod => pod.deletedAt === undefined)
        .map(pod => ({ do: 'delete', target: targetOf(Pods, pod), why: 'it is there', disrupts: pod.uid })),
    );
    assert.match(foundWith(brutal, 'budget'), /web-1 is taken down while .*web-0.* are: 1 may be/u);
    assert.match(foundWith(brutal, 'in place means in place'), /is deleted/u);
  });
});
