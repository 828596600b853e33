/**
 * Looks at the installed definitions of our kinds: those of an older release, or OpenKruise's own, drop fields that they
 * do not know, and whoever wrote such a field would wonder for long.
 */

import type { Crd } from '../../api/crd.ts';
import { type Controller, controller, itself, type Plan, targetOf } from '../../kube/contract.ts';
import { type DefinitionView, definitionOf, nameOf } from './resource.ts';

/** One for each definition, because each is watched by its name. It writes nothing but events. */
export const definition = (crd: Crd): Controller => {
  const resource = definitionOf(crd);
  return controller<DefinitionView>({
    name: `definition of ${nameOf(crd)}`,
    reconciles: resource,
    wakesOn: [itself(resource)],
    reads: [],
    writes: [],
    observe: (key, reader) => reader.get(resource, key),
    plan: view => (view.pruned.length === 0 ? { actions: [] } : complaint(view, resource)),
  });
};

const complaint = (view: DefinitionView, resource: ReturnType<typeof definitionOf>): Plan => ({
  actions: [],
  notices: [
    {
      about: targetOf(resource, view),
      type: 'Warning',
      reason: 'FieldsPruned',
      message: `the installed definition drops ${named(view.pruned)}: apply config/crd of this release`,
    },
  ],
});

const mostNamed = 10;

const named = (paths: readonly string[]): string => {
  const more = paths.length - mostNamed;
  return paths.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
};
