/** The write that makes a stored status equal to the observed one. Pure. */

import { isDeepStrictEqual } from 'node:util';
import { type Action, type Op, pointer, type StatusChange } from '../contract.ts';

/** undefined if no top-level key differs. Keys that `is` lacks are left alone: they may belong to others. */
export const statusAction = ({ target, was, is }: StatusChange): Action | undefined => {
  const wanted = Object.entries(is).filter(([, value]) => value !== undefined);
  const changed = wanted.filter(
    ([key, value]) => !isDeepStrictEqual(Object.hasOwn(was, key) ? was[key] : undefined, value),
  );
  if (changed.length === 0) return undefined;
  const ops: readonly Op[] =
    Object.keys(was).length === 0
      ? // There may be no status at all to add keys to.
        [{ op: 'add', path: '/status', value: Object.fromEntries(wanted) }]
      : changed.map(([key, value]) => ({ op: 'add', path: pointer('status', key), value }));
  return {
    do: 'patch',
    target,
    part: 'status',
    patch: { as: 'json', ops },
    guard: 'uid and version',
    why: `status: ${changed.map(([key]) => key).join(', ')}`,
  };
};
