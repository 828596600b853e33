/** Every step that is possible in a state. Each is one thing that one party does: the order of all of them is open. */

import type { Instant, KubeObject, Millis, Plan } from '../../kube/contract.ts';
import { seconds } from '../../kube/contract.ts';
import { statusAction } from '../../kube/loop/status.ts';
import { Pods } from '../../workloads/resources.ts';
import { Apiserver, type Written } from './apiserver.ts';
import { type Cell, Cells, now as theNow } from './cells.ts';
import { looks } from './kubelet.ts';
import { CellReader } from './reader.ts';
import type { Scenario } from './scenario.ts';
import {
  cellAt,
  claimsIn,
  type Event,
  type Flight,
  inOrder,
  type State,
  seenIn,
  type Write,
  Writes,
  withCell,
} from './state.ts';
import { mayLag, shown, storeAfter, type Told, tellNext } from './store.ts';

export interface Step {
  readonly kind: 'pass' | 'arrival' | 'loss' | 'look' | 'kubelet' | 'edit' | 'telling' | 'crash' | 'time';
  readonly says: string;
  readonly next: State;
  /** Invariants that it breaks. */
  readonly wrong: readonly string[];
}

interface Planned {
  readonly plan: Plan | undefined;
  readonly writes: readonly Write[];
  readonly wrong: readonly string[];
  readonly saw: readonly string[];
}

/** Waits that short may be over while a kubelet still has something to do. */
const shortWait: Millis = seconds(6);
const now: Instant = theNow;

export class Model {
  readonly scenario: Scenario;
  readonly #cells = new Cells();
  readonly #writes = new Writes();
  readonly #apiserver: Apiserver;
  readonly #planned = new Map<string, Planned>();
  readonly #looks = new Map<number, readonly { readonly says: string; readonly event: Event }[]>();

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.#apiserver = new Apiserver(this.#cells, scenario.webhook);
  }

  /** Before anything happens. */
  start(): State {
    const { objects, crashes, lags, judges, settled } = this.scenario;
    const empty: State = {
      cells: [],
      flights: [],
      untold: [],
      believed: [],
      edits: 0,
      crashes: 0,
      lags: 0,
      memories: [],
    };
    let given = empty;
    for (const { resource, object } of objects) {
      const create = this.#writes.of({ do: 'create', resource, object, why: 'given' });
      const written = this.#apiserver.carryOut(create, undefined, given.cells);
      const cell = written.is === 'there' ? written.cell : undefined;
      given = { ...given, cells: withCell(given.cells, { slot: create.slot, cell }) };
    }
    const begun = settled ? this.#settled({ ...given, edits: this.scenario.script.length }) : given;
    return { ...begun, edits: 0, crashes, lags, memories: judges.map(({ memory }) => memory) };
  }

  /** Everybody moves in turn until nothing is left to do. Throws where that does not come. */
  #settled(from: State): State {
    let state = from;
    for (let count = 0; count < 10_000; count += 1) {
      const steps = this.steps(state);
      const next = settling.flatMap(kind => steps.find(step => step.kind === kind) ?? [])[0];
      if (next === undefined) return state;
      state = next.next;
    }
    throw new Error(`${this.scenario.name} does not settle`);
  }

  steps(state: State): readonly Step[] {
    const plans = this.scenario.controllers.map((_, i) => this.#plannedBy(i, state));
    const kubelets = this.#kubelets(state);
    return [
      ...plans.flatMap((planned, i) => this.#passes(state, planned, i)),
      ...state.flights.flatMap(flight => this.#flights(state, flight)),
      ...kubelets,
      ...this.#edits(state),
      ...this.#tellings(state),
      ...this.#crashes(state),
      ...this.#times(state, plans, kubelets.length > 0),
    ];
  }

  /** What is wrong with a state in which no step is possible. */
  end(state: State): readonly string[] {
    const plans = this.scenario.controllers.flatMap((_, i) => this.#plannedBy(i, state).plan ?? []);
    return this.scenario.judges.flatMap(judge =>
      judge.end(state.cells, plans).map(what => `${judge.invariant}: ${what}`),
    );
  }

  // ── The controllers ──

  #plannedBy(by: number, state: State): Planned {
    const seen = seenIn(state);
    const claims = claimsIn(state);
    const key = `${by}|${seen.map(({ id }) => id).join()}|${[...claims].sort().join()}`;
    const known = this.#planned.get(key);
    if (known !== undefined) return known;
    if (this.#planned.size > 200_000) this.#planned.clear();
    const made = this.#plan(by, seen, claims);
    this.#planned.set(key, made);
    return made;
  }

  #plan(by: number, seen: readonly Cell[], claims: ReadonlySet<string>): Planned {
    const { controllers, judges } = this.scenario;
    const { controller, key } = controllers[by] ?? {};
    const plan = controller?.pass(key ?? '', new CellReader(seen, claims), now);
    if (controller === undefined || plan === undefined) return { plan, writes: [], wrong: [], saw: [] };
    const status = plan.status === undefined ? undefined : statusAction(plan.status);
    return {
      plan,
      writes: [...plan.actions, ...(status === undefined ? [] : [status])].map(action => this.#writes.of(action)),
      wrong: judges.flatMap(j => j.plan(plan, seen, controller.name).map(what => `${j.invariant}: ${what}`)),
      saw: judges.map(j => j.saw(seen)),
    };
  }

  /** A key is planned again when all writes of its last plan are answered; a new leader waits until no old write is left. */
  #passes(state: State, { writes, wrong, saw }: Planned, by: number): readonly Step[] {
    const isBusy = state.flights.some(f => (f.is === 'orphan' ? !this.scenario.lateWrites : f.by === by));
    if (isBusy || (writes.length === 0 && wrong.length === 0)) return [];
    const isBehind = (slot: string): boolean => state.believed.some(event => event.slot === slot);
    const flights = writes.map((write): Flight => ({ write, by, current: !isBehind(write.slot), is: 'sent', saw }));
    const says = `${this.#nameOf(by)} plans: ${writes.map(described).join('; ')}`;
    const sent: State = { ...state, flights: inOrder([...state.flights, ...flights]) };
    return [{ kind: 'pass', says, ...this.#withStatus(sent, flights, wrong) }];
  }

  /** Statuses arrive with the pass where their way is of no interest: it is the same for all. */
  #withStatus(sent: State, flights: readonly Flight[], wrong: readonly string[]): Pick<Step, 'next' | 'wrong'> {
    const status = flights.find(({ write: { action } }) => action.do === 'patch' && action.why.startsWith('status:'));
    if (status === undefined || this.scenario.promptStatus !== true) return { next: sent, wrong };
    const [arrival] = this.#flights(sent, status);
    return { next: arrival?.next ?? sent, wrong: [...wrong, ...(arrival?.wrong ?? [])] };
  }

  #nameOf(by: number): string {
    return this.scenario.controllers[by]?.controller.name ?? '';
  }

  // ── Writes on their way ──

  #flights(state: State, flight: Flight): readonly Step[] {
    const landed: State = { ...state, flights: state.flights.filter(f => f !== flight) };
    const what = described(flight.write);
    if (flight.is === 'unanswered')
      return [
        {
          kind: 'look',
          says: `what became of it is looked at: ${what}`,
          wrong: [],
          next: { ...landed, ...shown(landed, flight.write.slot) },
        },
      ];
    const lost: Step = { kind: 'loss', says: `lost: ${what}`, wrong: [], next: landed };
    return [...this.#arrivals(landed, flight), lost];
  }

  #arrivals(landed: State, flight: Flight): readonly Step[] {
    const { write, is } = flight;
    const written = this.#written(landed, flight);
    const stale: State = is === 'orphan' ? landed : { ...landed, ...shown(landed, write.slot) };
    if (written === 'stale')
      return [{ kind: 'arrival', says: `refused as stale: ${described(write)}`, wrong: [], next: stale }];
    if (written.is === 'refused')
      return [
        {
          kind: 'arrival',
          says: `refused: ${described(write)}`,
          wrong: [`a write is refused: ${written.message}`],
          next: stale,
        },
      ];
    const event = { slot: write.slot, cell: written.is === 'there' ? written.cell : undefined };
    const late = { kind: 'arrival', says: `arrives late: ${described(write)}` } as const;
    if (is === 'orphan' && this.scenario.lateWrites === true) return this.#happenings(landed, event, late, flight);
    const arrival = this.#changed(landed, event, 'by an answer', flight);
    return [
      { kind: 'arrival', says: `arrives: ${described(write)}`, ...arrival },
      // Whoever takes over begins with lists that show it.
      ...(is === 'orphan' ? [] : this.#answersLost(landed, event, flight)),
    ];
  }

  /** Only a store that does not learn of it by its watch tells the difference. */
  #answersLost(landed: State, event: Event, flight: Flight): readonly Step[] {
    const waits: State = { ...landed, flights: inOrder([...landed.flights, { ...flight, is: 'unanswered' }]) };
    const isLagging = landed.untold.length > 0 && landed.untold[0]?.slot.split('/')[0] === event.slot.split('/')[0];
    if (!isLagging && !mayLag(landed, event.slot, this.scenario.lagging)) return [];
    const told = isLagging ? 'by the watch' : 'not yet';
    return [
      {
        kind: 'arrival',
        says: `arrives, and its answer is lost: ${described(flight.write)}`,
        ...this.#changed(waits, event, told, flight),
      },
    ];
  }

  #written(state: State, { write, current }: Flight): Written | 'stale' {
    const there = cellAt(state.cells, write.slot);
    const isCreation = write.action.do === 'create';
    if (isCreation ? there !== undefined : !current || there === undefined) return 'stale';
    return this.#apiserver.carryOut(write, there, state.cells);
  }

  // ── Others ──

  #kubelets(state: State): readonly Step[] {
    return state.cells
      .filter(({ resource }) => resource === Pods)
      .flatMap(cell => this.#looksAt(cell))
      .flatMap(({ says, event }) =>
        this.#happenings(state, event, { kind: 'kubelet', says: `${nameIn(event.slot)} ${says}` }),
      );
  }

  #looksAt(cell: Cell): readonly { readonly says: string; readonly event: Event }[] {
    const known = this.#looks.get(cell.id);
    if (known !== undefined) return known;
    const made = looks(cell.object, cell.runtime, this.scenario.processOf, now).map(({ says, pod, runtime }) => ({
      says: `${says}${pod === undefined ? '' : shownBy(pod)}`,
      event: { slot: cell.slot, cell: pod === undefined ? undefined : this.#cells.of(Pods, pod, runtime) },
    }));
    const moving = made.filter(({ event }) => event.cell !== cell);
    this.#looks.set(cell.id, moving);
    return moving;
  }

  #edits(state: State): readonly Step[] {
    const edit = this.scenario.script[state.edits];
    if (edit === undefined) return [];
    const done: State = { ...state, edits: state.edits + 1 };
    const there = cellAt(state.cells, edit.slot);
    const made = edit.make(there);
    const step = { kind: 'edit', says: `somebody: ${edit.says}` } as const;
    if (made === 'nothing') return [{ ...step, says: `${step.says} (in vain)`, wrong: [], next: done }];
    return this.#happenings(
      done,
      { slot: edit.slot, cell: made && this.#edited(edit.resource, there, made, state) },
      step,
    );
  }

  #edited(resource: Cell['resource'], there: Cell | undefined, object: KubeObject, { cells }: State): Cell | undefined {
    const written =
      there === undefined
        ? this.#apiserver.carryOut(
            this.#writes.of({ do: 'create', resource, object, why: 'somebody' }),
            undefined,
            cells,
          )
        : this.#apiserver.changed(there, object, cells);
    return written.is === 'there' ? written.cell : undefined;
  }

  #tellings(state: State): readonly Step[] {
    const next = state.untold[0];
    if (next === undefined) return [];
    return [
      {
        kind: 'telling',
        says: `the watch tells of ${nameIn(next.slot)}`,
        wrong: [],
        next: { ...state, ...tellNext(state) },
      },
    ];
  }

  /** A store has no memory: a crash matters to what was on its way, and to what was believed. */
  #crashes(state: State): readonly Step[] {
    const matters = state.untold.length > 0 || state.flights.some(({ is }) => is !== 'orphan');
    if (state.crashes === 0 || !matters) return [];
    const flights = state.flights.filter(({ is }) => is !== 'unanswered').map((f): Flight => ({ ...f, is: 'orphan' }));
    const next: State = { ...state, flights: inOrder(flights), untold: [], believed: [], crashes: state.crashes - 1 };
    return [{ kind: 'crash', says: 'the controllers crash, and others take over', wrong: [], next }];
  }

  /** Time passes up to the next moment that a planner waits for; for long only when nobody has anything to do. */
  #times(state: State, plans: readonly Planned[], kubeletsMove: boolean): readonly Step[] {
    if (state.flights.length > 0 || plans.some(({ writes }) => writes.length > 0)) return [];
    const waits = plans.flatMap(({ plan }) => plan?.wakeAfter ?? []);
    if (waits.length === 0) return [];
    const wait = Math.ceil(Math.min(...waits) / 1000) * 1000;
    if (kubeletsMove && wait > shortWait) return [];
    const older = (event: Event): Event => ({ ...event, cell: event.cell && this.#cells.aged(event.cell, wait) });
    const next: State = {
      ...state,
      cells: state.cells.map(cell => this.#cells.aged(cell, wait)),
      untold: state.untold.map(older),
      believed: state.believed.map(older),
    };
    return [{ kind: 'time', says: `${wait / 1000} s pass`, wrong: [], next }];
  }

  // ── What a change does ──

  /** A change that somebody else made: the watch tells it, or begins to lag with it. */
  #happenings(state: State, event: Event, step: Pick<Step, 'kind' | 'says'>, flight?: Flight): readonly Step[] {
    const told: Step = { ...step, ...this.#changed(state, event, 'by the watch', flight) };
    if (!mayLag(state, event.slot, this.scenario.lagging)) return [told];
    return [
      told,
      { ...step, says: `${step.says}; the watch is silent`, ...this.#changed(state, event, 'not yet', flight) },
    ];
  }

  #changed(state: State, event: Event, told: Told, flight: Flight | undefined): Pick<Step, 'next' | 'wrong'> {
    const before = cellAt(state.cells, event.slot);
    const cells = withCell(state.cells, event);
    const by = flight === undefined ? '' : this.#nameOf(flight.by);
    const verdicts = this.scenario.judges.map((j, i) => {
      const change = { slot: event.slot, before, after: event.cell, flight, by, saw: flight?.saw[i] ?? '', cells };
      return j.change(state.memories[i] ?? '', change);
    });
    const flights = state.flights.map(f => (f.write.slot === event.slot && f.current ? { ...f, current: false } : f));
    const store = storeAfter(state, { slot: event.slot, cell: before }, event, told);
    return {
      next: { ...state, ...store, cells, flights: inOrder(flights), memories: verdicts.map(({ memory }) => memory) },
      wrong: verdicts.flatMap(({ wrong }, i) => wrong.map(what => `${this.scenario.judges[i]?.invariant}: ${what}`)),
    };
  }
}

/** What is done first when everything is left alone. */
const settling: readonly Step['kind'][] = ['arrival', 'look', 'telling', 'kubelet', 'pass', 'time'];

const nameIn = (slot: string): string => slot.slice(slot.lastIndexOf('/') + 1);

const described = ({ action, slot }: Write): string => `${action.do} ${nameIn(slot)} (${action.why})`;

const shownBy = (pod: KubeObject): string => {
  const { phase, conditions = [] } = pod['status'] as {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return `: ${phase}, Ready ${conditions.find(({ type }) => type === 'Ready')?.status ?? 'unknown'}`;
};
