/** Area B: SidecarSets through both of their webhooks. */

import type { KubeObject } from '../../kube/contract.ts';
import { canonicalTemplate, differences } from '../../workloads/revisions/canonical.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import type { AdmissionAnswer, AdmissionRequest, RecordedCase } from './cases.ts';
import { Webhooks } from './webhooks.ts';

export type SidecarSetCase = RecordedCase<AdmissionRequest, AdmissionAnswer>;

export const sidecarSetDifferences = (recorded: SidecarSetCase): readonly string[] => {
  const { request, answer, apiServer } = recorded;
  const isWanted = answer.allowed && apiServer?.code !== 422;
  const webhooks = new Webhooks(recorded);
  const hashed = webhooks.admit('/mutate-apps-kruise-io-sidecarset', request);
  const allowed =
    hashed !== undefined &&
    webhooks.admit('/validate-apps-kruise-io-sidecarset', { ...request, object: hashed }) !== undefined;
  return [
    ...(allowed === isWanted ? [] : [allowed ? 'allowed, not refused' : 'refused, not allowed']),
    ...(hashed === undefined || answer.resultObject === undefined
      ? []
      : differences(meaningOf(answer.resultObject, isWanted), meaningOf(hashed, isWanted))),
  ];
};

/** Of a set that is refused only the metadata, with the hashes, can be compared: its spec may make no sense. */
const meaningOf = (object: KubeObject, isReadable: boolean): unknown => {
  const { labels, annotations, name, generateName } = object.metadata;
  const metadata = { labels, annotations, name, generateName };
  return canonicalTemplate(isReadable ? { metadata, spec: specOf(object) } : { metadata });
};

/** As JSON: selectors are compiled in it. */
const specOf = (object: KubeObject): unknown => {
  const spec = SidecarSets.view(object)?.usable?.spec;
  return spec && JSON.parse(JSON.stringify(spec));
};
