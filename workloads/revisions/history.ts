/** Which of a set's revisions is the one of its template, which may go, and which name a new one gets. */

import type { PodTemplate } from '../../api/kubernetes.ts';
import type { RevisionView } from '../resources.ts';
import { canonicalTemplate } from './canonical.ts';
import { revisionName } from './hash.ts';
import { templateIn } from './template.ts';

/** Revisions in the order in which their templates were wanted, oldest first. */
export const inOrder = (revisions: readonly RevisionView[]): readonly RevisionView[] =>
  revisions.toSorted((a, b) => a.revision - b.revision || a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1));

/** The newest revision that means the same as the template. */
export const revisionOf = (template: PodTemplate, revisions: readonly RevisionView[]): RevisionView | undefined => {
  const wanted = JSON.stringify(canonicalTemplate(template));
  return inOrder(revisions).findLast(({ data }) => {
    const stored = templateIn(data);
    return stored !== undefined && JSON.stringify(canonicalTemplate(stored)) === wanted;
  });
};

/** The first name that nobody has, counted on from the collisions known so far. */
export const freeName = (
  set: string,
  template: PodTemplate,
  collisions: number,
  isTaken: (name: string) => boolean,
): { readonly name: string; readonly collisions: number } => {
  for (let count = collisions; ; count += 1) {
    const name = revisionName(set, template, count);
    if (!isTaken(name)) return { name, collisions: count };
  }
};

/** Unused revisions beyond the limit, oldest first. */
export const surplus = (
  revisions: readonly RevisionView[],
  used: ReadonlySet<string>,
  limit: number,
): readonly RevisionView[] => {
  const unused = inOrder(revisions).filter(({ name }) => !used.has(name));
  return unused.slice(0, Math.max(0, unused.length - Math.max(0, limit)));
};
