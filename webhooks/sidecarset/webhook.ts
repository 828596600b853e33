/** What happens to a SidecarSet at the door: it gets its hashes, and is refused if it could not work. */

import { group } from '../../api/names.ts';
import { allowed, type KubeObject, type Reader, type Review, type Verdict, type Webhook } from '../../kube/contract.ts';
import type { Installation } from '../../workloads/installation.ts';
import { type RecordedRevisions, recordedIn } from '../../workloads/resources.ts';
import { metadataWhitelist } from '../../workloads/sidecars/metadataWhitelist.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { hashOps } from './hashes.ts';
import { hasSamePin, lostPin } from './pin.ts';
import { problemsIn } from './problems.ts';
import { itemsOf, specOf } from './raw.ts';
import { warningsAbout } from './warnings.ts';
import { type MetadataPolicy, whitelistProblems } from './whitelist.ts';

const entry = {
  operations: ['CREATE', 'UPDATE'],
  groups: [group],
  versions: ['v1alpha1', 'v1beta1'],
  resources: ['sidecarsets'],
  failurePolicy: 'Fail',
  timeoutSeconds: 3,
} as const;

export const sidecarSetHashes: Webhook = {
  path: '/mutate-apps-kruise-io-sidecarset',
  type: 'mutating',
  entries: [{ ...entry, name: 'msidecarset.kb.io' }],
  reads: [],
  decide: review =>
    review.operation === 'DELETE' || review.subresource !== ''
      ? allowed
      : { is: 'allowed', patch: hashOps(review.object), warnings: [] },
};

export const sidecarSetRules = (
  { namespace, patchPodMetadata = 'deny' }: Installation,
  revisions = recordedIn(namespace),
): Webhook => {
  const policy: MetadataPolicy = { whitelist: metadataWhitelist(namespace), namespace, otherwise: patchPodMetadata };
  return {
    path: '/validate-apps-kruise-io-sidecarset',
    type: 'validating',
    entries: [{ ...entry, name: 'vsidecarset.kb.io' }],
    reads: [SidecarSets, revisions.resource, policy.whitelist],
    decide: (review, reader) =>
      review.subresource !== '' || review.operation === 'DELETE'
        ? allowed
        : judge(review, reader, { ...policy, revisions }),
  };
};

interface Policy extends MetadataPolicy {
  readonly revisions: RecordedRevisions;
}

type Written = Exclude<Review, { operation: 'DELETE' }>;

/** An object that was stored with a mistake can still be changed: only mistakes that are new are refused. */
const judge = (review: Written, reader: Reader, policy: Policy): Verdict => {
  const { object } = review;
  const before = review.operation === 'UPDATE' ? review.oldObject : undefined;
  const known = new Set(before === undefined ? [] : problemsIn({ object: before }, reader).map(textOf));
  const own = problemsIn({ object, ...(before && { before }) }, reader);
  const unlisted = whitelistProblems(object, reader, policy);
  const asBefore = before !== undefined && hasSamePatches(before, object);
  const lost = lostPin(object, reader, policy.revisions);
  // A new set has no revisions yet, and may be one that was deleted by mistake.
  const isPinned = before !== undefined && !hasSamePin(before, object);
  const problems = [
    ...own.filter(p => !known.has(textOf(p))),
    ...(asBefore ? [] : unlisted),
    ...(isPinned ? lost : []),
  ];
  if (problems.length > 0) return { is: 'refused', problems, warnings: [] };
  const kept = [...known, ...[...unlisted, ...lost].map(textOf)];
  return { is: 'allowed', patch: [], warnings: [...kept, ...warningsAbout(object, before)] };
};

/** A whitelist that grew stricter must not hold up the next image; labels count, because rules select by them. */
const hasSamePatches = (before: KubeObject, after: KubeObject): boolean => {
  const asked = (object: KubeObject): string =>
    JSON.stringify([itemsOf(specOf(object), 'patchPodMetadata'), object.metadata.labels ?? {}]);
  return asked(before) === asked(after);
};

const textOf = ({ field, message }: { readonly field: string; readonly message: string }): string =>
  `${field}: ${message}`;
