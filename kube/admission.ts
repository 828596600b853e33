/** Answers one AdmissionReview: bytes in, bytes out; the webhook decides, nothing here waits. */

import { decode, type Request } from './admission/decode.ts';
import { encode, untouched } from './admission/encode.ts';
import type { Decision, Instant, Reader, Webhook, WebhookEntry } from './contract.ts';
import { originOf } from './fault.ts';

/** A larger review is refused unread. The apiserver itself takes no object above 3 MiB, and a review may hold two. */
export const largestReview = 8 * 1024 * 1024;

/** What goes back over HTTP: an AdmissionReview if `status` is 200, a plain sentence otherwise. */
export interface Answer {
  readonly status: 200 | 400 | 413 | 500;
  readonly body: string;
  /** For the log; empty if the request could not be read that far. */
  readonly uid: string;
  /** Where a thrown error came from. */
  readonly fault?: string;
  /** For the metrics. */
  readonly decisions?: readonly Decision[];
}

/**
 * Never throws. A decision is a 200, also when it refuses. A fault, ours or the caller's, is a 4xx or 5xx,
 * so that the failurePolicy of the webhook's configuration says what happens to the object.
 */
export const answer = (body: Buffer | string, webhook: Webhook, reader: Reader, now: Instant): Answer => {
  if (Buffer.byteLength(body) > largestReview) return fail(413, `a review has at most ${largestReview} bytes`);
  if (body.length === 0) return fail(400, 'the body is empty');
  const decoded = decode(body.toString());
  switch (decoded.is) {
    case 'bad':
      return fail(400, decoded.why);
    case 'other':
      return { status: 200, body: untouched(decoded.uid), uid: decoded.uid };
    case 'request':
      return decide(decoded.request, webhook, reader, now);
  }
};

const decide = (request: Request, webhook: Webhook, reader: Reader, now: Instant): Answer => {
  const { review } = request;
  const { uid } = review;
  if (!webhook.entries.some(entry => covers(entry, request))) return { status: 200, body: untouched(uid), uid };
  try {
    const verdict = webhook.decide(review, reader, now);
    const { decisions = [] } = verdict;
    return { status: 200, body: encode(verdict, request, webhook.type), uid, decisions };
  } catch (error) {
    return {
      ...fail(500, `the webhook failed on request ${uid}; its log says where`),
      uid,
      fault: originOf(error),
      decisions: [broken],
    };
  }
};

const broken: Decision = { result: 'failed', reason: 'Error' };

const fail = (status: 400 | 413 | 500, why: string): Answer => ({ status, body: why, uid: '' });

/** A configuration edited by hand may send more than the webhook was written for: that passes untouched. */
const covers = ({ operations, groups, versions, resources }: WebhookEntry, { review }: Request): boolean =>
  operations.includes(review.operation) &&
  holds(groups, review.group) &&
  holds(versions, review.version) &&
  resources.some(rule => namesResource(rule, review.plural, review.subresource));

const holds = (rule: readonly string[], value: string): boolean => rule.includes('*') || rule.includes(value);

/** Rules as in a webhook configuration: `pods`, `pods/status`, or a star on either side of the slash; `*` alone has no subresources. */
const namesResource = (rule: string, plural: string, subresource: string): boolean => {
  const [wantedPlural, wantedSubresource = ''] = rule.split('/');
  return (
    (wantedPlural === '*' || wantedPlural === plural) &&
    (wantedSubresource === subresource || wantedSubresource === '*')
  );
};
