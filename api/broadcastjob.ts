/** BroadcastJob: one pod on each fitting node, run to completion once. */

import { type Crd, crdOf, type KindNames } from './crd.ts';
import { type IntOrPercent, parseIntOrPercent } from './intOrPercent.ts';
import { group } from './names.ts';
import { podTemplate } from './podTemplate.ts';
import { fine, invalid, type Parsed, wrong } from './problem.ts';
import {
  assumed,
  bool,
  decode,
  defaulted,
  int32,
  int64,
  intOrString,
  object,
  optional,
  type Rule,
  string,
  type TypeOf,
  time,
} from './schema.ts';
import { conditions, podCounts } from './status.ts';
import type { Normalised, StoredObject } from './stored.ts';

export const broadcastJobNames: KindNames = {
  group,
  version: 'v1beta1',
  kind: 'BroadcastJob',
  plural: 'broadcastjobs',
  scope: 'Namespaced',
};

// ── Spec ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whatever is not a policy that ends or holds a job lets it go on, as in OpenKruise. */
const failureType = (value: string): Parsed<'FailFast' | 'Continue' | 'Pause'> =>
  fine(value === 'FailFast' || value === 'Pause' ? value : 'Continue');

const completionType = (value: string): Parsed<'Always' | 'Never'> => fine(value === 'Never' ? 'Never' : 'Always');

/** Unlike other fields of this kind, a text without a percent sign is a percentage too, and numbers may be negative. */
const parallelism = (value: number | string, path: string): Parsed<IntOrPercent> => {
  const amount = parseIntOrPercent(typeof value === 'string' && !value.endsWith('%') ? `${value}%` : value);
  return amount === undefined ? wrong(invalid(path, 'must be an integer or a percentage such as 25%')) : fine(amount);
};

const notWithNever = (field: string): Rule => ({
  rule: `self.type != 'Never' || !has(self.${field})`,
  message: `${field} can only work with Always CompletionPolicyType`,
  at: `.${field}`,
  reason: 'FieldValueForbidden',
});

const completionPolicy = object({
  type: defaulted(
    string().about('Always ends the job; Never keeps it for nodes to come.').as(completionType),
    'Always',
  ),
  activeDeadlineSeconds: optional(int64().about('The job fails when it takes longer; only with Always.')),
  ttlSecondsAfterFinished: optional(int32().about('The job is deleted so long after its end; only with Always.')),
})
  .rule(notWithNever('activeDeadlineSeconds'))
  .rule(notWithNever('ttlSecondsAfterFinished'));

const failurePolicy = object({
  type: defaulted(
    string().about('FailFast ends the job, Pause holds it, Continue goes on with other nodes.').as(failureType),
    'FailFast',
  ),
  restartLimit: assumed(int32().about("How often a pod's containers may restart before it counts as failed."), 0),
});

const spec = object({
  parallelism: defaulted(
    intOrString().about('How many pods, or which share of the nodes, run at a time.').as(parallelism),
    2147483647,
  ),
  template: podTemplate().about('What the pods look like; its restartPolicy is Never or OnFailure.'),
  completionPolicy: defaulted(completionPolicy.about('When the job is at its end.'), {}),
  paused: assumed(bool().about('No pod is created or removed.'), false),
  failurePolicy: defaulted(failurePolicy.about('What a failed pod means for the others.'), {}),
});

const status = object({
  observedGeneration: optional(int64().about('The generation that this status belongs to.')),
  startTime: optional(time()),
  completionTime: optional(time()),
  active: optional(int32().about('Pods that are not at their end.')),
  succeeded: optional(int32()),
  failed: optional(int32()),
  desired: optional(int32().about('Nodes that the job runs on.')),
  phase: optional(string().about('running, paused, completed or failed.')),
  pods: podCounts(),
  conditions: conditions(),
});

export type BroadcastJobSpec = TypeOf<typeof spec>;
export type BroadcastJobStatus = TypeOf<typeof status>;

export const broadcastJobCrd: Crd = crdOf({
  names: broadcastJobNames,
  singular: 'broadcastjob',
  shortNames: ['bcj'],
  about: 'One pod on each fitting node, run to completion once.',
  spec,
  status,
  columns: [
    { name: 'Desired', type: 'integer', path: '.status.desired' },
    { name: 'Active', type: 'integer', path: '.status.active' },
    { name: 'Succeeded', type: 'integer', path: '.status.succeeded' },
    { name: 'Failed', type: 'integer', path: '.status.failed' },
    { name: 'AGE', type: 'date', path: '.metadata.creationTimestamp' },
  ],
});

export const normaliseBroadcastJob = (object: StoredObject): Normalised<BroadcastJobSpec, BroadcastJobStatus> => {
  const { value, problems } = decode(spec, object.spec, 'spec');
  return { spec: value, status: decode(status, object.status ?? {}).value ?? {}, problems };
};
