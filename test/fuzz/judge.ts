/** Holds the answer to one review against what every caller may rely on, with a JSON Patch library that is not ours. */

import { isDeepStrictEqual } from 'node:util';
import { applyPatch, type Operation } from 'rfc6902';
import type { Answer } from '../../kube/admission.ts';
import { sidecarNames } from './objects.ts';

interface Response {
  readonly uid?: unknown;
  readonly allowed?: unknown;
  readonly patch?: unknown;
  readonly patchType?: unknown;
  readonly status?: { readonly code?: unknown; readonly message?: unknown };
}

/** What is wrong with the answer; undefined if nothing is. */
export const wrongWith = (body: string, answer: Answer): string | undefined => {
  if (answer.status === 500) return couldArrive(body) ? `a webhook threw: ${answer.fault}` : undefined;
  if (answer.status !== 200) return answer.body.length > 0 ? undefined : `${answer.status} without a word`;
  const { apiVersion, kind, response } = parsed(answer.body);
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview' || typeof response !== 'object')
    return 'the answer is no AdmissionReview';
  return wrongWithResponse(parsed(body), response as Response);
};

type Members = { readonly [key: string]: unknown };

const parsed = (text: string): Members => JSON.parse(text) as Members;

const wrongWithResponse = ({ request }: Members, response: Response): string | undefined => {
  const { uid, object } = request as { uid: unknown; object: unknown };
  if (response.uid !== uid) return `the answer is to request ${String(response.uid)}`;
  if (response.allowed === false)
    return response.status?.code === 422 && typeof response.status.message === 'string'
      ? undefined
      : 'a refusal without 422 or without words';
  if (response.allowed !== true) return 'neither allowed nor refused';
  if (response.patch === undefined) return undefined;
  if (response.patchType !== 'JSONPatch') return 'a patch of an unknown type';
  if (typeof response.patch !== 'string') return 'a patch that is no text';
  const ops = JSON.parse(Buffer.from(response.patch, 'base64').toString()) as Operation[];
  return isFromApiserver(object) ? wrongWithPatch(object, ops) : undefined;
};

/** Nobody but an apiserver calls; for what none can send, a 500 or a late answer that leaves the process alive is enough. */
export const couldArrive = (body: string): boolean => {
  const { object, oldObject } = record(parsed(body)['request']);
  return [object, oldObject].every(each => each === null || each === undefined || isFromApiserver(each));
};

const kinds = ['Pod', 'SidecarSet', 'StatefulSet', 'BroadcastJob'];

/** An apiserver decodes metadata, and pods as a whole, before it asks: what does not fit their types never arrives. */
const isFromApiserver = (object: unknown): boolean => {
  const { kind, metadata, spec } = record(object);
  if (!kinds.includes(kind as string)) return false;
  const { labels, annotations, ownerReferences, name, namespace } = record(metadata);
  const isMeta = isMap(labels) && isMap(annotations) && areNamed(ownerReferences) && isText(name) && isText(namespace);
  const owners = items(ownerReferences).every(owner =>
    ['apiVersion', 'kind', 'uid'].every(key => typeof owner[key] === 'string'),
  );
  return isMeta && owners && (kind !== 'Pod' || isPodSpec(spec));
};

const isPodSpec = (spec: unknown): boolean => {
  const { containers, initContainers, volumes, readinessGates } = record(spec);
  const lists = ['env', 'volumeMounts'];
  const isContainer = (container: Members): boolean =>
    typeof container['image'] === 'string' && lists.every(name => areNamed(container[name]));
  return (
    Array.isArray(containers) &&
    [containers, initContainers].every(list => areNamed(list) && items(list).every(isContainer)) &&
    areNamed(volumes) &&
    (readinessGates === undefined || Array.isArray(readinessGates))
  );
};

const record = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

const items = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.map(record) : []);

const areNamed = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && items(value).every(item => typeof item['name'] === 'string'));

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

const isMap = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(member => typeof member === 'string'));

const wrongWithPatch = (object: unknown, ops: Operation[]): string | undefined => {
  const after = structuredClone(object);
  try {
    const failed = applyPatch(after, structuredClone(ops)).find(result => result !== null);
    if (failed) return `the patch does not apply: ${failed.message}`;
  } catch (error) {
    return `the patch does not apply: ${String(error)}`;
  }
  const lost = lostIn(withoutNamesakes(object), after);
  return lost === undefined ? undefined : `the patch loses ${lost}`;
};

/** A container of the pod that is named like a sidecar gives way to it, with all that it held. */
const withoutNamesakes = (object: unknown): unknown => {
  const { spec, ...rest } = record(object);
  const { containers, initContainers, ...others } = record(spec);
  const kept = (list: unknown): unknown => items(list).filter(({ name }) => !sidecarNames.has(name));
  return { ...rest, spec: { ...others, containers: kept(containers), initContainers: kept(initContainers) } };
};

/** Fields that nobody knows, wherever they were in the spec and the status: each must still be there as it was. */
const lostIn = (before: unknown, after: unknown): string | undefined => {
  const [had, has] = [futures(before), futures(after)];
  return had.every(value => has.some(other => isDeepStrictEqual(value, other))) && has.length >= had.length
    ? undefined
    : 'a field that it does not know';
};

const futures = (value: unknown, depth = 0): readonly unknown[] => {
  if (depth > 300 || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(member => futures(member, depth + 1));
  return Object.entries(value).flatMap(([key, member]) => (key === 'future' ? [member] : futures(member, depth + 1)));
};
