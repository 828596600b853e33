/** Which StatefulSets are refused, and which are accepted with a warning. Defaults are in the schema. */

import { group } from '../../api/names.ts';
import { allowed, type Problem, type Review, type Verdict, type Webhook } from '../../kube/contract.ts';
import { problemsIn } from './problems.ts';
import { warningsAbout } from './warnings.ts';

export const statefulSetWebhook: Webhook = {
  path: '/validate-apps-kruise-io-statefulset',
  type: 'validating',
  entries: [
    {
      name: 'vstatefulset.kb.io',
      operations: ['CREATE', 'UPDATE'],
      groups: [group],
      versions: ['v1alpha1', 'v1beta1'],
      resources: ['statefulsets'],
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
  const before = review.operation === 'UPDATE' ? review.oldObject : undefined;
  const known = new Set(before === undefined ? [] : problemsIn(before).map(textOf));
  const problems = problemsIn(review.object, before).filter(problem => !known.has(textOf(problem)));
  const warnings = [...known, ...warningsAbout(review)];
  return problems.length > 0 ? { is: 'refused', problems, warnings: [] } : { is: 'allowed', patch: [], warnings };
};

const textOf = ({ field, message }: Problem): string => `${field}: ${message}`;
