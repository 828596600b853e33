/**
 * Makes webhook configurations trust our certificate once there is somebody to call and, outside the cluster, call the
 * right address. Nothing else of them is touched.
 */

import type { Action, Op } from '../../kube/contract.ts';
import { pointer, targetOf } from '../../kube/contract.ts';
import { type Entry, isArmed } from './resources.ts';
import type { Configuration, Options, World } from './world.ts';

/** At most one patch for each configuration; none while there is nothing to trust. */
export const configurationActions = (world: World, options: Options): readonly Action[] => {
  const bundle = world.secret?.data['ca.crt'] ?? '';
  if (bundle === '') return [];
  return world.configurations.flatMap(configuration => {
    const changes = configuration.view.entries.map((entry, index) =>
      mayBeCalled(entry, world, options) ? changesOf(entry, index, bundle, options) : [],
    );
    const ops = changes.flat();
    return ops.length === 0 ? [] : [patchOf(configuration, ops)];
  });
};

/** A webhook behind the Service is armed when somebody is there to answer; what is armed stays so, whoever is away. */
const mayBeCalled = (entry: Entry, { isServed }: World, { webhookUrl }: Options): boolean =>
  isServed || isArmed(entry) || webhookUrl !== undefined || !entry.hasService;

const patchOf = ({ resource, view }: Configuration, ops: readonly Op[]): Action => ({
  do: 'patch',
  target: targetOf(resource, view),
  part: 'object',
  guard: 'uid and version',
  patch: { as: 'json', ops },
  why: `the webhooks of ${view.name} must trust and reach the certificate's server`,
});

/** The name is tested so that an index can never mean another entry than the one that was looked at. */
const changesOf = (entry: Entry, index: number, bundle: string, options: Options): readonly Op[] => {
  const at = (...segments: readonly string[]): string => pointer('webhooks', index, ...segments);
  const trust: readonly Op[] =
    entry.caBundle === bundle
      ? []
      : [{ op: 'add', path: at('clientConfig', 'caBundle'), value: Buffer.from(bundle).toString('base64') }];
  const ops = [...addressChanges(entry, at, options), ...trust];
  return ops.length === 0 ? [] : [{ op: 'test', path: at('name'), value: entry.name }, ...ops];
};

const addressChanges = (
  entry: Entry,
  at: (...segments: readonly string[]) => string,
  { webhookUrl }: Options,
): readonly Op[] => {
  // Without a path nobody knows which webhook is meant.
  if (webhookUrl === undefined || entry.path === '') return [];
  const url = webhookUrl + entry.path;
  const remove: readonly Op[] = entry.hasService ? [{ op: 'remove', path: at('clientConfig', 'service') }] : [];
  return entry.url === url ? remove : [{ op: 'add', path: at('clientConfig', 'url'), value: url }, ...remove];
};
