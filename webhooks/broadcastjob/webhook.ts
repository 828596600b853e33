/** Which BroadcastJobs are refused, and which are accepted with a warning. Defaults are in the schema. */

import { group } from '../../api/names.ts';
import { allowed, type Review, type Verdict, type Webhook } from '../../kube/contract.ts';
import { problemsIn } from './problems.ts';
import { warningsAbout } from './warnings.ts';

export const broadcastJobWebhook: Webhook = {
  path: '/validate-apps-kruise-io-broadcastjob',
  type: 'validating',
  entries: [
    {
      name: 'vbroadcastjob.kb.io',
      operations: ['CREATE', 'UPDATE'],
      groups: [group],
      versions: ['v1alpha1', 'v1beta1'],
      resources: ['broadcastjobs'],
      failurePolicy: 'Fail',
      timeoutSeconds: 3,
    },
  ],
  reads: [],
  decide: review => (review.subresource === '' ? decide(review) : allowed),
};

/** An object that was stored with a mistake can still be changed: only mistakes that are new are refused. */
const decide = (review: Review): Verdict => {
  if (review.operation === 'DELETE') return allowed;
  const before = review.operation === 'UPDATE' ? problemsIn(review.oldObject) : [];
  const known = new Set(before.map(({ field, message }) => `${field}: ${message}`));
  const problems = problemsIn(review.object).filter(({ field, message }) => !known.has(`${field}: ${message}`));
  const warnings = [...known, ...warningsAbout(review)];
  return problems.length > 0 ? { is: 'refused', problems, warnings: [] } : { is: 'allowed', patch: [], warnings };
};
