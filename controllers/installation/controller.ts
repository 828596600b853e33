/** Keeps the webhooks' certificate, and the trust of the webhook configurations in it. */

import {
  type Controller,
  controller,
  type Instant,
  keyOf,
  type Plan,
  type Resource,
  type Trigger,
} from '../../kube/contract.ts';
import { certificateStep } from './certificate.ts';
import { configurationActions } from './configurations.ts';
import { spareCertificate } from './resources.ts';
import { type Options, observe, type World } from './world.ts';

/**
 * One key, that of the Secret; it is the spare's, too, so that it is planned although there is no Secret yet.
 * Several replicas may start at once: one creates the Secret, the others find it.
 */
export const installation = (options: Options): Controller => {
  const key = keyOf(options.namespace, options.name);
  const wakes = (on: Resource): Trigger => ({ on, keys: () => [key], urgent: () => true });
  return controller<World>({
    name: 'installation',
    reconciles: spareCertificate,
    wakesOn: [
      wakes(options.secret),
      wakes(spareCertificate),
      wakes(options.endpoints),
      ...options.configurations.map(wakes),
    ],
    reads: [],
    writes: [
      { on: options.secret, verbs: ['create', 'patch'] },
      ...options.configurations.map(on => ({ on, verbs: ['patch'] as const })),
    ],
    observe: (asked, reader) => (asked === key ? observe(key, reader, options) : undefined),
    plan: (world, now) => plan(world, options, now),
  });
};

/** A bundle that is about to change is not handed on: the pass after the change does. */
const plan = (world: World, options: Options, now: Instant): Plan => {
  const { actions, until } = certificateStep(world, options, now);
  return {
    actions: actions.length > 0 ? actions : configurationActions(world, options),
    ...(until !== undefined && { wakeAfter: Math.max(until - now, 0) }),
  };
};
