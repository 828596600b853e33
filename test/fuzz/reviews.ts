/** Well-formed reviews of everything that the webhooks judge: one is as good as another to begin with. */

import { job, pod, sidecarSets, statefulSet } from './objects.ts';
import { largePods, oddPods } from './oddPods.ts';

export interface Sample {
  /** Of the resource that the review is about. */
  readonly plural: string;
  readonly review: object;
}

interface Asked {
  readonly operation: string;
  readonly plural: string;
  readonly object: object;
  readonly oldObject?: object;
  /** Other members of the request. */
  readonly more?: object;
}

const sample = ({ operation, plural, object, oldObject, more }: Asked): Sample => {
  const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: { name?: string } };
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const request = {
    uid: 'review-1',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    name: metadata.name,
    namespace: 'shop',
    operation,
    userInfo: { username: 'alice' },
    object: operation === 'DELETE' ? null : object,
    oldObject: operation === 'CREATE' ? null : (oldObject ?? object),
    dryRun: false,
    ...more,
  };
  return { plural, review: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request } };
};

const ofPods = (object: object, operation = 'CREATE', more: object = {}): Sample =>
  sample({ operation, plural: 'pods', object, more });

const ofFormerVersion = ({ plural, review }: Sample): Sample => ({
  plural,
  review: { ...review, apiVersion: 'admission.k8s.io/v1beta1' },
});

export const reviews: readonly Sample[] = [
  ofPods(pod('v1')),
  ofPods(pod('v1')),
  sample({ operation: 'UPDATE', plural: 'pods', object: pod('v2'), oldObject: pod('v1') }),
  sample({ operation: 'UPDATE', plural: 'pods', object: pod('v2'), oldObject: pod('v1') }),
  ofPods(pod('v1'), 'DELETE'),
  ofPods(pod('v1'), 'CONNECT'),
  ofPods(pod('v1'), 'UPDATE', { subResource: 'ephemeralcontainers' }),
  ofFormerVersion(ofPods(pod('v1'))),
  ...oddPods.map(object => ofPods(object)),
  ...[...sidecarSets, statefulSet, job].flatMap(object => {
    const { kind } = object as { kind: string };
    const plural = `${kind.toLowerCase()}s`;
    return [sample({ operation: 'CREATE', plural, object }), sample({ operation: 'UPDATE', plural, object })];
  }),
];

/** To be sent now and then. */
export const largeReviews: readonly Sample[] = largePods.map(object => ofPods(object));
