/** One thing that goes wrong in a run, as data: it can be printed, sent, and done again. */

import { isRecord, parseJson } from '../../../kube/wire.ts';
import { text } from '../objects.ts';
import { codeOf, inWords, type Point, pointIn } from './point.ts';

/** What can go wrong about a write of ours. */
export const writeFaults = [
  /** The process is killed when it has asked for the write, which does not take place. */
  'crash-before',
  /** The process is killed when the write has taken place; it never learns of it. */
  'crash-after',
  /** As `crash-after`; and the next process sees for a while the world as it was before the write. */
  'stale-restart',
  /** The write takes place, and the connection breaks before the answer. */
  'lost-answer',
  /** The answer takes longer than what happens because of the write. */
  'late-answer',
  /** 429: the server has no time, and says when to come back. */
  'busy',
  /** 503, and no word about when to come back. */
  'unavailable',
  /** The connection breaks before the server has the request: to the process it may have taken place. */
  'lost-request',
  /** The write takes place, and the answer is a 500. */
  'error-after',
  /** The write takes place, and no answer ever comes: the process has to give up by itself. */
  'black-hole',
] as const;

/** What can go wrong about an event that we are told of. */
export const eventFaults = [
  /** Never told; a while later the watch has expired, and a list shows what is there. */
  'drop',
  /** Told later, and all that follows it on the same watch. */
  'delay',
  /** Told twice. */
  'duplicate',
  /** 410 in its place: a list shows what is there. */
  'expire',
  /** The connection breaks in its place; the next watch tells it. */
  'cut',
] as const;

export type WriteFault = (typeof writeFaults)[number];
export type EventFaultKind = (typeof eventFaults)[number];

export type Perturbation =
  | { readonly do: WriteFault; readonly write: Point }
  | { readonly do: EventFaultKind; readonly event: Point };

export const pointOf = (perturbation: Perturbation): Point =>
  'write' in perturbation ? perturbation.write : perturbation.event;

export const describe = (perturbation: Perturbation): string =>
  `${perturbation.do.replaceAll('-', ' ')} ${inWords(pointOf(perturbation))}`;

/** A perturbation of a scenario; without one it is the reference. */
export interface Plan {
  readonly scenario: string;
  readonly perturbation: Perturbation;
}

/** One word for a command line. */
export const idOf = ({ scenario, perturbation }: Plan): string =>
  `${scenario}/${perturbation.do}/${codeOf(pointOf(perturbation))}`;

const isOneOf = <T extends string>(all: readonly T[], word: string): word is T => all.some(one => one === word);

const perturbationOf = (fault: string, point: Point): Perturbation | undefined => {
  if (isOneOf(writeFaults, fault)) return { do: fault, write: point };
  if (isOneOf(eventFaults, fault)) return { do: fault, event: point };
  return undefined;
};

/**
 * Reads what `idOf` wrote, or the plan as JSON.
 * @throws Error that says how it should look
 */
export const planIn = (text: string): Plan => {
  const value = parseJson(text);
  const plan = isRecord(value) ? planInJson(value) : planInId(text);
  if (plan !== undefined) return plan;
  const faults = [...writeFaults, ...eventFaults].join(', ');
  throw new Error(
    `no plan: ${text}; expected scenario/fault/point, e.g. statefulset/crash-after/patch:pods.status:db-1:1. Faults: ${faults}`,
  );
};

const planInId = (text: string): Plan | undefined => {
  const [scenario = '', fault = '', code = '', ...more] = text.split('/');
  const point = pointIn(code);
  const perturbation = point === undefined ? undefined : perturbationOf(fault, point);
  return perturbation === undefined || scenario === '' || more.length > 0 ? undefined : { scenario, perturbation };
};

/** By way of the id, whose parts are checked. */
const planInJson = (value: Readonly<Record<string, unknown>>): Plan | undefined => {
  const { scenario, perturbation } = value;
  if (typeof scenario !== 'string' || !isRecord(perturbation)) return undefined;
  const { do: fault, write, event } = perturbation;
  const point = isRecord(write) ? write : event;
  if (typeof fault !== 'string' || !isRecord(point)) return undefined;
  const { verb, of, object, nth } = point;
  const code = codeOf({ verb: text(verb), of: text(of), object: text(object), nth: Number(nth) });
  return planInId(`${scenario}/${fault}/${code}`);
};
