import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aConfigMap, ConfigMap, type ConfigMapView } from '../test/support/configMaps.ts';
import { frozen } from '../test/support/frozen.ts';
import { type KubeObject, seenOf } from './contract.ts';
import { type Replacement, Store, type StoreFault } from './store.ts';

const at = (name: string, uid: string, version: number, app = ''): KubeObject => {
  const draft = aConfigMap(name, {}, app);
  return { ...draft, metadata: { ...draft.metadata, uid, resourceVersion: String(version) } };
};

const storeOf = (...objects: readonly KubeObject[]): Store => {
  const store = new Store({ seal: frozen });
  store.register(ConfigMap);
  for (const object of objects) store.changed(ConfigMap, object);
  return store;
};

const versionOf = (store: Store, name: string): string | undefined =>
  store.get(ConfigMap, `default/${name}`)?.resourceVersion;

describe('the store', () => {
  it('shows the answer to a write before the watch tells of it, and nothing older afterwards', () => {
    const store = storeOf(at('a', 'u', 5));
    store.put(ConfigMap, at('a', 'u', 7));
    assert.equal(versionOf(store, 'a'), '7');
    store.changed(ConfigMap, at('a', 'u', 6));
    assert.equal(versionOf(store, 'a'), '7');
  });

  it('compares versions as numbers of any size', () => {
    const store = storeOf(at('a', 'u', 99));
    const big = at('a', 'u', 0);
    store.put(ConfigMap, { ...big, metadata: { ...big.metadata, resourceVersion: '100000000000000000000000' } });
    assert.equal(versionOf(store, 'a'), '100000000000000000000000');
    store.put(ConfigMap, at('a', 'u', 100));
    assert.equal(versionOf(store, 'a'), '100000000000000000000000');
  });

  it('keeps what is gone from coming back by a late event', () => {
    const store = storeOf(at('a', 'u', 5));
    store.bury(ConfigMap, 'default/a', 'u');
    store.changed(ConfigMap, at('a', 'u', 6));
    assert.equal(versionOf(store, 'a'), undefined);
    store.changed(ConfigMap, at('a', 'new', 9));
    assert.equal(versionOf(store, 'a'), '9');
  });

  it('keeps what is gone from coming back by a late answer', () => {
    const store = storeOf(at('a', 'u', 5));
    store.deleted(ConfigMap, at('a', 'u', 8));
    store.put(ConfigMap, at('a', 'u', 6));
    assert.equal(versionOf(store, 'a'), undefined);
  });

  it('keeps the successor when the deletion of its namesake arrives late', () => {
    const store = storeOf(at('a', 'u', 5));
    store.put(ConfigMap, at('a', 'successor', 9));
    store.deleted(ConfigMap, at('a', 'u', 8));
    assert.equal(store.get(ConfigMap, 'default/a')?.uid, 'successor');
  });

  it('keeps the successor when an answer shows late that its namesake is gone', () => {
    const store = storeOf(at('a', 'u', 5));
    store.put(ConfigMap, at('a', 'successor', 9));
    store.bury(ConfigMap, 'default/a', 'u');
    assert.equal(store.get(ConfigMap, 'default/a')?.uid, 'successor');
  });

  it('believes a list that began later about what it thought to be gone', () => {
    const store = storeOf(at('a', 'u', 5));
    store.bury(ConfigMap, 'default/a', 'u');
    const list = store.replacement(ConfigMap);
    list.changed(at('a', 'u', 5));
    list.commit('8');
    assert.equal(versionOf(store, 'a'), '5');
  });

  it('swaps at a relist, but keeps what is newer than the list', () => {
    const store = storeOf(at('gone', 'g', 1), at('stays', 's', 2));
    const list = store.replacement(ConfigMap);
    list.changed(at('stays', 's', 2));
    list.changed(at('fresh', 'f', 4));
    store.put(ConfigMap, at('ours', 'o', 6));
    const told: string[] = [];
    store.subscribe((_, before, after) => told.push(`${before?.name ?? '-'} → ${after?.name ?? '-'}`));
    list.commit('5');
    assert.deepEqual(
      store
        .list(ConfigMap)
        .map(v => v.name)
        .sort(),
      ['fresh', 'ours', 'stays'],
    );
    assert.deepEqual(told, ['gone → -', '- → fresh']);
  });

  it('believes a list that is older than the watch: etcd was restored from a backup', () => {
    const store = storeOf(at('a', 'u', 500), at('lost', 'l', 501));
    const list = store.replacement(ConfigMap);
    list.changed(at('a', 'u', 300));
    list.commit('400');
    assert.equal(versionOf(store, 'a'), '300');
    assert.equal(versionOf(store, 'lost'), undefined);
    store.put(ConfigMap, at('new', 'n', 401));
    assert.equal(versionOf(store, 'new'), '401');
  });

  it('leaves out the one object whose view throws, and says so', () => {
    const faults: StoreFault[] = [];
    const picky = {
      ...ConfigMap,
      view: (object: KubeObject) => (object.metadata.name === 'bad' ? fail() : ConfigMap.view(object)),
    };
    const store = new Store({ report: fault => faults.push(fault) });
    store.register(picky);
    for (const name of ['good', 'bad', 'fine']) store.changed(picky, at(name, name, 5));
    assert.deepEqual(
      store.list(picky).map(v => v.name),
      ['good', 'fine'],
    );
    assert.deepEqual(
      faults.map(({ what, seen }) => `${what} ${seen.key}`),
      ['view default/bad'],
    );
  });

  it('keeps two selections of one kind apart', () => {
    const named = (name: string) => ({ ...ConfigMap, select: { fields: `metadata.name=${name}` } });
    const [a, b] = [named('a'), named('b')];
    const store = new Store();
    for (const resource of [a, b]) store.register(resource);
    store.changed(a, at('a', 'u', 5));
    assert.deepEqual([store.list(a).length, store.list(b).length], [1, 0]);
    assert.throws(() => store.register(named('a')), /two definitions/);
  });

  it('goes on when a subscriber throws', () => {
    const faults: StoreFault[] = [];
    const store = new Store({ report: fault => faults.push(fault) });
    store.register(ConfigMap);
    const told: string[] = [];
    store.subscribe(fail);
    store.subscribe((_, __, after) => told.push(after?.name ?? ''));
    store.changed(ConfigMap, at('a', 'u', 5));
    assert.deepEqual(told, ['a']);
    assert.deepEqual(
      faults.map(({ what }) => what),
      ['subscriber'],
    );
  });

  it('takes no answer about an object that it does not select', () => {
    const store = new Store();
    const selected = { ...ConfigMap, select: { namespace: 'other' } };
    store.register(selected);
    store.put(selected, at('a', 'u', 5));
    assert.deepEqual(store.list(selected), []);
  });

  it('counts a claim until it ends, whoever else claims', () => {
    const store = storeOf();
    const first = store.claim('u', 'one', 1);
    const second = store.claim('u', 'two', 2);
    assert.deepEqual(store.claimOn('u'), { by: 'one', since: 1 });
    first();
    assert.deepEqual(store.claimOn('u'), { by: 'two', since: 2 });
    second();
    assert.equal(store.claimOn('u'), undefined);
  });

  describe('a refusal', () => {
    const refused = (more: object = {}) => ({
      ...{ uid: 'u', why: 'one', message: 'no', at: 0, by: 'tested', key: 'default/set' },
      ...more,
    });
    const words = (store: Store): string | undefined => store.refusalOn(ConfigMap, 'default/a')?.message;

    it('is news once for each thing that was wanted', () => {
      const store = storeOf(at('a', 'u', 5));
      const news = [{}, {}, { why: 'two' }, { why: 'two' }].map(more =>
        store.refused(ConfigMap, 'default/a', refused(more)),
      );
      assert.deepEqual(news, [true, false, true, false]);
    });

    it('keeps its words for a while: some servers never say the same twice', () => {
      const store = storeOf(at('a', 'u', 5));
      const said = [0, 29_999, 30_000].map(now => {
        store.refused(ConfigMap, 'default/a', refused({ at: now, message: `no, at ${now}` }));
        return words(store);
      });
      assert.deepEqual(said, ['no, at 0', 'no, at 0', 'no, at 30000']);
    });

    const ends: readonly (readonly [string, (store: Store) => void])[] = [
      ['a write succeeds', store => store.accepted(ConfigMap, 'default/a')],
      ['its object goes', store => store.deleted(ConfigMap, at('a', 'u', 6))],
      ['its object is made anew', store => store.changed(ConfigMap, at('a', 'other', 6))],
      ['the object that it was planned for goes', store => store.forgetRefusals('tested', 'default/set')],
      ['its controller begins afresh', store => store.forgetRefusals('tested')],
    ];
    for (const [when, end] of ends)
      it(`ends when ${when}`, () => {
        const store = storeOf(at('a', 'u', 5));
        store.refused(ConfigMap, 'default/a', refused());
        store.changed(ConfigMap, at('a', 'u', 5));
        assert.equal(words(store), 'no');
        end(store);
        assert.equal(words(store), undefined);
      });

    it('of a creation ends when the object is there', () => {
      const store = storeOf();
      store.refused(ConfigMap, 'default/a', refused({ uid: '' }));
      store.changed(ConfigMap, at('a', 'u', 5));
      assert.equal(words(store), undefined);
    });

    it('takes bounded room', () => {
      const store = storeOf();
      for (let i = 0; i < 10_001; i += 1) store.refused(ConfigMap, `default/${i}`, refused());
      assert.equal(store.refusalOn(ConfigMap, 'default/0'), undefined);
      assert.ok(store.refusalOn(ConfigMap, 'default/10000'));
    });
  });

  it('refuses two definitions of one resource', () => {
    const store = storeOf();
    assert.throws(() => store.register({ ...ConfigMap }), /two definitions/);
    assert.throws(() => store.get({ ...ConfigMap, plural: 'secrets' }, 'a'), /not registered/);
  });

  it('holds users’ names without harm', () => {
    const store = storeOf(at('__proto__', 'u', 5, 'constructor'));
    assert.equal(versionOf(store, '__proto__'), '5');
    assert.equal(store.by(ConfigMap, 'app', 'constructor').length, 1);
    assert.deepEqual(store.by(ConfigMap, 'app', 'toString'), []);
  });
});

const fail = (): never => {
  throw new Error('a bug');
};

// ── Any order of what the three sides tell ──

type Deed =
  | { readonly do: 'write' | 'delete'; readonly name: string; readonly app: string }
  | { readonly do: 'watch'; readonly events: number }
  | { readonly do: 'answer'; readonly pick: number }
  | { readonly do: 'bury'; readonly name: string }
  | { readonly do: 'begin list' | 'read list' | 'end list' };

interface Told {
  readonly version: number;
  readonly type: 'changed' | 'deleted';
  readonly object: KubeObject;
}

/** A server with its whole history, and one store that hears of it with all delays that are possible. */
class World {
  readonly store = storeOf();
  readonly #history: Told[] = [];
  readonly #live = new Map<string, KubeObject>();
  #told = 0;
  #list:
    | { readonly into: Replacement; read: { readonly objects: KubeObject[]; readonly told: number } | undefined }
    | undefined;

  do(deed: Deed): void {
    switch (deed.do) {
      case 'write': {
        const version = this.#history.length + 1;
        const uid = this.#live.get(deed.name)?.metadata.uid ?? `uid-${version}`;
        const object = at(deed.name, uid, version, deed.app);
        this.#live.set(deed.name, object);
        this.#history.push({ version, type: 'changed', object });
        return;
      }
      case 'delete': {
        const old = this.#live.get(deed.name);
        if (old === undefined) return;
        const version = this.#history.length + 1;
        const object = at(deed.name, old.metadata.uid ?? '', version);
        this.#live.delete(deed.name);
        this.#history.push({ version, type: 'deleted', object });
        return;
      }
      case 'watch':
        this.watch(deed.events);
        return;
      case 'answer': {
        const answers = this.#history.slice(-6).filter(({ type }) => type === 'changed');
        const answer = answers[deed.pick % Math.max(1, answers.length)];
        if (answer !== undefined) this.store.put(ConfigMap, answer.object);
        return;
      }
      case 'bury': {
        const seen = this.store.get(ConfigMap, `default/${deed.name}`);
        if (seen !== undefined && this.#live.get(deed.name)?.metadata.uid !== seen.uid)
          this.store.bury(ConfigMap, seen.key, seen.uid);
        return;
      }
      case 'begin list':
        this.#list ??= { into: this.store.replacement(ConfigMap), read: undefined };
        return;
      case 'read list':
        if (this.#list !== undefined)
          this.#list.read ??= { objects: [...this.#live.values()], told: this.#history.length };
        return;
      case 'end list':
        this.#endList();
    }
  }

  /** While a list is read there is no watch. */
  watch(events: number): void {
    if (this.#list !== undefined) return;
    for (const { type, object } of this.#history.slice(this.#told, this.#told + events))
      this.store[type](ConfigMap, object);
    this.#told = Math.min(this.#history.length, this.#told + events);
  }

  #endList(): void {
    const { into, read } = this.#list ?? {};
    if (into === undefined || read === undefined) return;
    for (const object of read.objects) into.changed(object);
    into.commit(String(read.told));
    this.#told = read.told;
    this.#list = undefined;
  }

  catchUp(): void {
    this.do({ do: 'read list' });
    this.#endList();
    this.watch(this.#history.length);
  }

  live(): readonly string[] {
    return [...this.#live.values()].map(inWords).sort();
  }

  seen(): readonly ConfigMapView[] {
    return this.store.list(ConfigMap);
  }
}

const inWords = (object: KubeObject): string => JSON.stringify([seenOf(object).uid, seenOf(object).resourceVersion]);

const name = fc.constantFrom('a', 'b');
const app = fc.constantFrom('', 'x', 'y');
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('write' as const, 'delete' as const), name, app }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('watch' as const), events: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), pick: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('bury' as const), name }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('begin list' as const, 'read list' as const, 'end list' as const) }),
  },
);
const deeds = fc.array(deed, { maxLength: 60, size: 'max' });

describe('in any order of watch, answers and lists', () => {
  it('the newest version wins, and an object that was gone never comes back', () => {
    fc.assert(
      fc.property(deeds, all => {
        const world = new World();
        const newest = new Map<string, number>();
        const gone = new Set<string>();
        for (const next of all) {
          const before = world.seen();
          world.do(next);
          const uids = new Set(world.seen().map(v => v.uid));
          for (const { uid } of before) if (!uids.has(uid)) gone.add(uid);
          for (const { uid, resourceVersion } of world.seen()) {
            assert.ok(!gone.has(uid), `${uid} came back`);
            assert.ok(Number(resourceVersion) >= (newest.get(uid) ?? 0), `${uid} went back to ${resourceVersion}`);
            newest.set(uid, Number(resourceVersion));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('the store equals the server when the watch has caught up', () => {
    fc.assert(
      fc.property(deeds, all => {
        const world = new World();
        for (const next of all) world.do(next);
        world.catchUp();
        assert.deepEqual(
          world
            .seen()
            .map(v => JSON.stringify([v.uid, v.resourceVersion]))
            .sort(),
          world.live(),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('the indexes equal a rebuild', () => {
    fc.assert(
      fc.property(deeds, all => {
        const world = new World();
        for (const next of all) {
          world.do(next);
          for (const value of ['x', 'y']) {
            const rebuilt = world.seen().filter(v => v.app === value);
            assert.deepEqual(new Set(world.store.by(ConfigMap, 'app', value)), new Set(rebuilt));
          }
        }
      }),
    );
  });
});
