/** What happens to a SidecarSet at the door: it gets its hashes, and is refused if it could not work. */

import { group } from '../../api/names.ts';
import { allowed, type Reader, type Review, type Verdict, type Webhook } from '../../kube/contract.ts';
import type { Installation } from '../../workloads/installation.ts';
import { ControllerRevisions } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { hashOps } from './hashes.ts';
import { problemsIn } from './problems.ts';

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

export const sidecarSetRules = ({ namespace }: Installation): Webhook => ({
  path: '/validate-apps-kruise-io-sidecarset',
  type: 'validating',
  entries: [{ ...entry, name: 'vsidecarset.kb.io' }],
  reads: [SidecarSets, ControllerRevisions],
  decide: (review, reader) => (review.subresource === '' ? judge(review, reader, namespace) : allowed),
});

/** An object that was stored with a mistake can still be changed: only mistakes that are new are refused. */
const judge = (review: Review, reader: Reader, revisionsIn: string): Verdict => {
  if (review.operation === 'DELETE') return allowed;
  const known = new Set(
    review.operation === 'UPDATE' ? problemsIn({ object: review.oldObject }, reader, revisionsIn).map(textOf) : [],
  );
  const before = review.operation === 'UPDATE' ? { before: review.oldObject } : {};
  const problems = problemsIn({ object: review.object, ...before }, reader, revisionsIn).filter(
    p => !known.has(textOf(p)),
  );
  return problems.length > 0
    ? { is: 'refused', problems, warnings: [] }
    : { is: 'allowed', patch: [], warnings: [...known] };
};

const textOf = ({ field, message }: { readonly field: string; readonly message: string }): string =>
  `${field}: ${message}`;
