/** What the store believes, whatever the order in which it is told. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const newestWins = 'the newest version wins, and an object that was gone never comes back';

export const storeMutants: readonly Mutant[] = [
  ...mutantsOf('kube/store/version.ts', 'kube/store.test.ts', [
    {
      name: 'compares versions as texts',
      find: 'version.length === than.length ? version > than : version.length > than.length;',
      replace: 'version > than;',
      killedBy: 'compares versions as numbers of any size',
    },
  ]),
  ...mutantsOf('kube/store/claims.ts', 'kube/store.test.ts', [
    {
      name: 'ends all claims on a pod with the first',
      find: '.filter(c => c !== claim);',
      replace: '.filter(() => false);',
      killedBy: 'counts a claim until it ends, whoever else claims',
    },
    {
      name: 'never ends a claim',
      find: '.filter(c => c !== claim);',
      replace: '.filter(() => true);',
      killedBy: 'counts a claim until it ends, whoever else claims',
    },
    {
      name: 'shows the newest claim instead of the oldest',
      find: '[...(this.#byUid.get(uid) ?? []), claim]',
      replace: '[claim, ...(this.#byUid.get(uid) ?? [])]',
      killedBy: 'counts a claim until it ends, whoever else claims',
    },
  ]),
  ...mutantsOf('kube/store/table.ts', 'kube/store.test.ts', [
    {
      name: 'lets an older event replace the answer to a write',
      find: '    this.#graves.delete(key);\n    const current = this.views.get(key);\n    if (current !== undefined && !isNewer(resourceVersion, current.resourceVersion)) return;\n',
      replace: '    this.#graves.delete(key);\n',
      killedBy: newestWins,
    },
    {
      name: 'lets an older answer replace what the watch told',
      find: '    if (current !== undefined && !isNewer(resourceVersion, current.resourceVersion)) return;\n    this.#replace(key, this.#project(object));\n  }\n\n  /** An answer showed',
      replace: '    this.#replace(key, this.#project(object));\n  }\n\n  /** An answer showed',
      killedBy: newestWins,
    },
    {
      name: 'takes over late answers about what is gone',
      find: 'if (current === undefined && !this.#mayBeNew(object)) return;',
      replace: '',
      killedBy: newestWins,
    },
    {
      name: 'digs no grave',
      find: 'this.#graves.set(key, { uid, version: view.resourceVersion, relists: this.#relists });',
      replace: '',
      killedBy: newestWins,
    },
    {
      name: 'keeps its graves for ever',
      find: 'if (relists < began) this.#graves.delete(key);',
      replace: 'if (relists < 0) this.#graves.delete(key);',
      killedBy: 'believes a list that began later about what it thought to be gone',
    },
    {
      name: 'closes graves by lists that began before the burial',
      find: 'if (relists < began) this.#graves.delete(key);',
      replace: 'if (relists <= began) this.#graves.delete(key);',
      killedBy: newestWins,
    },
    {
      name: 'buries the successor with its namesake',
      find: 'if (view?.uid !== uid) return;',
      replace: 'if (view === undefined) return;',
      killedBy: 'keeps the successor when an answer shows late that its namesake is gone',
    },
    {
      name: 'deletes the successor with its namesake',
      find: 'if (current === undefined || isNewer(current.resourceVersion, resourceVersion)) return;',
      replace: '',
      killedBy: 'keeps the successor when the deletion of its namesake arrives late',
    },
    {
      name: 'drops at a relist what is newer than the list',
      find: "version !== '' && isNewer(current.resourceVersion, than);",
      replace: "version === '-' && isNewer(current.resourceVersion, than);",
      killedBy: 'swaps at a relist, but keeps what is newer than the list',
    },
    {
      name: 'does not believe a list from before a restore',
      find: 'const restored = isNewer(this.#passed, version);',
      replace: 'const restored = false;',
      killedBy: 'believes a list that is older than the watch: etcd was restored from a backup',
    },
    {
      name: 'takes answers about other namespaces',
      find: 'if (select.namespace !== undefined && select.namespace !== metadata.namespace) return false;',
      replace: '',
      killedBy: 'takes no answer about an object that it does not select',
    },
  ]),
  ...mutantsOf('kube/store/views.ts', 'kube/store.test.ts', [
    {
      name: 'leaves an object under the values that it had',
      find: 'for (const value of had) if (!has.includes(value)) unlink(places, value, place);',
      replace: '',
      killedBy: 'the indexes equal a rebuild',
    },
  ]),
];
