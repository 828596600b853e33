/** Follows what passes through a proxy in one run: gives writes and events their points, and keeps them in order. */

import type { KubeObject } from '../../../kube/contract.ts';
import { parseJson } from '../../../kube/wire.ts';
import { record, text } from '../objects.ts';
import type { Witness } from './exchange.ts';
import type { WatchEvent } from './frames.ts';
import { Names, type Place } from './names.ts';
import type { Point } from './point.ts';
import { sortOfEvent, sortOfWrite } from './sort.ts';
import { type Asked, isWrite } from './traffic.ts';

/** A write or an event of a run. */
export interface Moment {
  readonly is: 'write' | 'event';
  readonly point: Point;
  /** What it is like: moments of one sort happen to different objects, or to one again, and are alike in all else. */
  readonly sort: string;
  /** Objects that it is about: the object itself, its owner, its SidecarSets. */
  readonly concerns: readonly string[];
  /** Its place in the order of all that passed. */
  readonly at: number;
  /** Of a write: the place of its answer. Else as `at`. */
  readonly until: number;
}

/** They say nothing about the objects of a run, and their number depends on time alone. */
const apart: ReadonlySet<string> = new Set(['leases', 'events']);

/** What is known of something that has just passed. */
export interface Note {
  readonly point: Point;
  /** The newest revision of the cluster that had passed before. */
  readonly revision: number;
}

interface Open {
  readonly index: number;
  readonly asked: Asked;
}

export class Track implements Witness {
  readonly #names: Names;
  readonly #moments: Moment[] = [];
  readonly #open = new Map<Asked, Open>();
  readonly #notes = new WeakMap<object, Note>();
  readonly #counts = new Map<string, number>();
  readonly #concerns = new Map<string, readonly string[]>();
  readonly #statuses: number[] = [];
  #revision = 0;
  #lastWrite = performance.now();
  #now = 0;

  constructor(place: Place) {
    this.#names = new Names(place);
  }

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** When the last write was asked for, on the clock of `performance`. */
  get lastWrite(): number {
    return this.#lastWrite;
  }

  /** Writes that the server carried out. */
  get carriedOut(): number {
    return this.#statuses.filter(status => status < 300).length;
  }

  /** Undefined for what is not of this run. */
  note(seen: Asked | WatchEvent): Note | undefined {
    return this.#notes.get(seen);
  }

  asked(asked: Asked): void {
    if (!isWrite(asked) || apart.has(asked.plural) || !this.#names.has(asked.namespace, asked.name)) return;
    const { verb, plural, part } = asked;
    const of = part === '' ? plural : `${plural}/${part}`;
    const object = this.#names.of(plural, asked.name);
    const point = this.#nextPoint({ verb, of, object });
    this.#notes.set(asked, { point, revision: this.#revision });
    const about = verb === 'create' && part === '' ? record(parseJson(asked.body)) : undefined;
    const concerns = about === undefined ? this.#knownConcerns(plural, asked.name) : this.#concernsOf(plural, about);
    this.#now += 1;
    this.#lastWrite = performance.now();
    this.#open.set(asked, { index: this.#moments.length, asked });
    const sort = sortOfWrite(asked, point);
    this.#moments.push({ is: 'write', point, sort, concerns, at: this.#now, until: Infinity });
  }

  answered(asked: Asked, { status }: { readonly status: number }): void {
    const open = this.#open.get(asked);
    const moment = open === undefined ? undefined : this.#moments[open.index];
    if (open === undefined || moment === undefined) return;
    this.#now += 1;
    this.#open.delete(asked);
    this.#statuses.push(status);
    this.#moments[open.index] = { ...moment, until: this.#now };
  }

  happened(event: WatchEvent, watch: Asked): void {
    const { type, object } = event;
    const { namespace = '', name = '', resourceVersion = '' } = object.metadata;
    const revision = this.#revision;
    if (type !== 'ERROR') this.#revision = Math.max(this.#revision, Number(resourceVersion));
    if (type === 'ERROR' || type === 'BOOKMARK') return;
    if (apart.has(watch.plural) || !this.#names.has(namespace, name)) return;
    const { plural } = watch;
    const point = this.#nextPoint({ verb: type, of: plural, object: this.#names.of(plural, name) });
    this.#notes.set(event, { point, revision });
    this.#now += 1;
    const concerns = this.#concernsOf(plural, object);
    this.#concerns.set(`${plural} ${name}`, concerns);
    const sort = sortOfEvent(event, point);
    this.#moments.push({ is: 'event', point, sort, concerns, at: this.#now, until: this.#now });
  }

  #nextPoint(kind: Omit<Point, 'nth'>): Point {
    const key = `${kind.verb} ${kind.of} ${kind.object}`;
    const nth = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, nth);
    return { ...kind, nth };
  }

  #knownConcerns(plural: string, name: string): readonly string[] {
    return this.#concerns.get(`${plural} ${name}`) ?? [`${plural} ${this.#names.of(plural, name)}`];
  }

  #concernsOf(plural: string, object: Partial<KubeObject>): readonly string[] {
    const { name = '', ownerReferences = [], annotations = {} } = object.metadata ?? {};
    const sets = text(annotations['kruise.io/sidecarset-injected-list']).split(',');
    return [
      `${plural} ${this.#names.of(plural, name)}`,
      ...ownerReferences.map(owner => this.#called(`${owner.kind.toLowerCase()}s`, owner.name)),
      ...sets.filter(set => set !== '').map(set => this.#called('sidecarsets', set)),
    ];
  }

  #called(plural: string, name: string): string {
    return `${plural} ${this.#names.of(plural, name)}`;
  }
}
