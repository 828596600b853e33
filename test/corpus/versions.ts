/** Area F: an object that was converted means the same to us as the one before. */

import { normaliseBroadcastJob } from '../../api/broadcastjob.ts';
import { normaliseSidecarSet } from '../../api/sidecarset.ts';
import { normaliseStatefulSet } from '../../api/statefulset.ts';
import type { StoredObject } from '../../api/stored.ts';
import type { KubeObject } from '../../kube/contract.ts';
import { canonicalTemplate, differences } from '../../workloads/revisions/canonical.ts';
import type { ConversionAnswer, ConversionRequest, RecordedCase } from './cases.ts';

export type ConversionCase = RecordedCase<ConversionRequest, ConversionAnswer>;

export const conversionDifferences = ({ request, answer }: ConversionCase): readonly string[] =>
  answer.convertedObjects === null
    ? ['nothing was converted']
    : request.objects.flatMap((object, i) => {
        const converted = answer.convertedObjects?.[i];
        return converted === undefined
          ? ['one was not converted']
          : differences(meaningOf(converted), meaningOf(object));
      });

const meaningOf = (object: KubeObject): unknown => {
  const { spec, status, problems } = normalised(object);
  const counters = Object.entries(status as object).filter(([, value]) => value !== 0); // conversion writes zeros
  return { spec: canonicalTemplate({ spec: asJson(spec) }), status: Object.fromEntries(counters), problems };
};

/** Selectors are compiled in it. */
const asJson = (value: unknown): unknown => value && JSON.parse(JSON.stringify(value));

const normalised = (
  object: KubeObject & StoredObject,
): { spec: unknown; status: unknown; problems: readonly unknown[] } => {
  switch (object.kind) {
    case 'SidecarSet':
      return normaliseSidecarSet(object);
    case 'StatefulSet':
      return normaliseStatefulSet(object);
    case 'BroadcastJob':
      return normaliseBroadcastJob(object);
    default:
      throw new Error(`no kind of ours: ${object.kind}`);
  }
};
