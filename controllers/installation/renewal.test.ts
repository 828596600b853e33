/** What no order of events may break. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import type { Action, KubeObject } from '../../kube/contract.ts';
import {
  aConfiguration,
  behindService,
  type Cluster,
  material,
  mutating,
  planOf,
  secret,
  validating,
} from './fixture.ts';

/** A cluster that plans are carried out on, in part and in any order. */
class Living {
  now = 0;
  secret: KubeObject | undefined;
  configurations = new Map<string, KubeObject>([
    ['MutatingWebhookConfiguration', aConfiguration('MutatingWebhookConfiguration', behindService(), behindService())],
    ['ValidatingWebhookConfiguration', aConfiguration('ValidatingWebhookConfiguration', behindService())],
  ]);
  made = 0;

  /** Carries out the planned actions that the mask has a bit for. */
  pass(mask: number): void {
    this.made += 1;
    const spare = material(`s${this.made}`, this.now + 60, this.now + 90);
    const { actions } = planOf({ ...this.objects(), spare }, this.now);
    for (const action of actions.filter((_, i) => (mask >> i) & 1)) this.carryOut(action);
  }

  objects(): Cluster {
    return {
      secret: this.secret,
      mutating: this.configurations.get('MutatingWebhookConfiguration'),
      validating: this.configurations.get('ValidatingWebhookConfiguration'),
    };
  }

  carryOut(action: Action): void {
    if (action.do === 'create') this.secret = action.object;
    if (action.do !== 'patch' || action.patch.as !== 'json') return;
    const kind = action.target.resource.kind;
    const changed = structuredClone(kind === 'Secret' ? this.secret : this.configurations.get(kind));
    assert.ok(changed);
    assert.deepEqual(applyPatch(changed, [...action.patch.ops]).filter(Boolean), []);
    if (kind === 'Secret') this.secret = changed;
    else this.configurations.set(kind, changed);
  }

  shown(): string {
    return this.secret ? (secret.view(this.secret)?.data['tls.crt'] ?? '') : '';
  }

  bundles(): readonly string[] {
    return [mutating, validating].flatMap(resource => {
      const object = this.configurations.get(resource.kind);
      return (object && resource.view(object)?.entries.map(entry => entry.caBundle)) ?? [];
    });
  }
}

const trusts = (bundle: string, certificate: string): boolean => bundle.includes(`ca ${certificate.split(' ')[1]};`);

const events = fc.array(fc.record({ hours: fc.nat({ max: 12 }), mask: fc.nat({ max: 7 }) }), {
  maxLength: 200,
  size: 'max',
});

test('once the configurations trust the shown certificate, a renewal never breaks that', () => {
  fc.assert(
    fc.property(events, steps => {
      const living = new Living();
      for (let i = 0; i < 4; i += 1) living.pass(7);
      for (const { hours, mask } of steps) {
        // A controller that is away until a certificate has expired cannot help it.
        living.now += Math.min(hours, 5);
        living.pass(mask | 1);
        for (const bundle of living.bundles())
          assert.ok(trusts(bundle, living.shown()), `${bundle} / ${living.shown()}`);
      }
    }),
  );
});

test('whatever was done in part, full passes end with a certificate that everyone trusts', () => {
  fc.assert(
    fc.property(events, steps => {
      const living = new Living();
      for (const { hours, mask } of steps) {
        living.now += hours;
        living.pass(mask);
      }
      for (let i = 0; i < 4; i += 1) living.pass(7);
      const [, end = 0] = living.shown().split('-').map(Number);
      assert.ok(living.now < end);
      for (const bundle of living.bundles()) assert.ok(trusts(bundle, living.shown()));
    }),
  );
});
