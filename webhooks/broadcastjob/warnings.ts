/** What a job does that its author may not expect. */

import { type BroadcastJobSpec, normaliseBroadcastJob } from '../../api/broadcastjob.ts';
import type { KubeObject, Review } from '../../kube/contract.ts';
import { sameTemplate } from '../../workloads/revisions/canonical.ts';

export const warningsAbout = (review: Review): readonly string[] => {
  if (review.operation === 'DELETE') return [];
  const { spec } = normaliseBroadcastJob(review.object);
  if (spec === undefined) return [];
  const before = review.operation === 'UPDATE' ? normaliseBroadcastJob(review.oldObject).spec : undefined;
  return [...aboutParallelism(review.object, spec), ...aboutRestarts(spec), ...aboutTemplate(spec, before)];
};

const aboutParallelism = (
  { spec: raw }: KubeObject & { readonly spec?: unknown },
  spec: BroadcastJobSpec,
): readonly string[] => {
  const { parallelism: written } = raw as { readonly parallelism?: unknown };
  if (spec.parallelism.value === 0) return ['spec.parallelism: 0 starts no pod at all'];
  return typeof written === 'string' && !written.endsWith('%')
    ? [`spec.parallelism: "${written}" is read as ${written}% of the nodes; write a number for a number of pods`]
    : [];
};

const aboutRestarts = ({ template, failurePolicy }: BroadcastJobSpec): readonly string[] =>
  template.spec?.restartPolicy === 'OnFailure' && failurePolicy.restartLimit === 0 && failurePolicy.type !== 'Continue'
    ? [
        `spec.failurePolicy.restartLimit: 0 counts a pod as failed at its first restart, and ${failurePolicy.type} then ${
          failurePolicy.type === 'FailFast' ? 'ends' : 'holds'
        } the job`,
      ]
    : [];

const aboutTemplate = ({ template }: BroadcastJobSpec, before: BroadcastJobSpec | undefined): readonly string[] =>
  before === undefined || sameTemplate(before.template, template)
    ? []
    : ['spec.template: only pods that are created from now on are made from the changed template'];
