/** Guards of what is written. */

import { type Mutant, mutantsOf } from '../mutant.ts';

export const guardsMutants: readonly Mutant[] = [
  ...mutantsOf('kube/act/request.ts', 'kube/act.test.ts', [
    {
      name: 'patches whoever bears the name now',
      find: '[same, { op:',
      replace: '[{ op:',
      killedBy: 'carries its guards first',
    },
    {
      name: 'patches whatever version there is',
      find: "return guard === 'uid'\n    ? [same]",
      replace: 'return true\n    ? [same]',
      killedBy: 'decided on an old state is stale, and the store shows the new one',
    },
    {
      name: 'guards the version although only the uid is asked for',
      find: "return guard === 'uid'\n    ? [same]",
      replace: 'return false\n    ? [same]',
      killedBy: 'that guards only the uid passes over other writers',
    },
    {
      name: 'merges into whoever bears the name now',
      find: 'metadata: { ...metadata, uid, ...(guard',
      replace: 'metadata: { ...metadata, ...(guard',
      killedBy: 'by strategic merge carries them in its body',
    },
    {
      name: 'merges into whatever version there is',
      find: "...(guard === 'uid' ? {} : { resourceVersion }) } };",
      replace: '} };',
      killedBy: 'by strategic merge carries them in its body',
    },
    {
      name: 'loses the metadata of a merge',
      find: 'metadata: { ...metadata, uid, ',
      replace: 'metadata: { uid, ',
      killedBy: 'by strategic merge carries them in its body',
    },
    {
      name: 'deletes whoever bears the name now',
      find: "    kind: 'DeleteOptions',\n    preconditions: preconditionsOf(target),\n",
      replace: "    kind: 'DeleteOptions',\n",
      killedBy: 'decided on an old state is stale',
    },
    {
      name: 'deletes and evicts whatever version there is',
      find: '({ uid, resourceVersion }: Target): Wire => ({ uid, resourceVersion });',
      replace: '({ uid }: Target): Wire => ({ uid });',
      killedBy: 'decided on an old state is stale',
    },
    {
      name: 'evicts whoever bears the name now',
      find: '    deleteOptions: { preconditions: preconditionsOf(target) },\n',
      replace: '',
      killedBy: 'carries its guards, as a deletion does',
    },
    {
      name: 'deletes an owner and keeps what it owns',
      find: "propagationPolicy: 'Background',",
      replace: "propagationPolicy: 'Orphan',",
      killedBy: 'is done, and the store forgets the object at once',
    },
  ]),
  ...mutantsOf('kube/act.ts', 'kube/act.test.ts', [
    {
      name: 'writes without asking whether it still may',
      find: '...requestFor(action), permitted: this.#mayWrite, signal',
      replace: '...requestFor(action), signal',
      killedBy: 'asks whether it may be written at the last moment',
    },
    {
      name: 'keeps from the store what a write has made',
      find: "    this.#store.put(resourceOf(action), object);\n    return { is: 'settled', outcome: carriedOut(action, object) };",
      replace: "    return { is: 'settled', outcome: carriedOut(action, object) };",
      killedBy: 'is done, and the store shows it at once',
    },
    {
      name: 'takes a request that was not sent for one in doubt',
      find: "if (error instanceof NotSent) return { is: 'settled', outcome: { is: 'failed', message } };",
      replace: '',
      killedBy: 'has failed without a look',
    },
    {
      name: 'takes a lost answer for a failure',
      find: "if (error instanceof AnswerLost) return { is: 'to be seen', because: 'lost', message };",
      replace: "if (error instanceof AnswerLost) return { is: 'settled', outcome: { is: 'failed', message } };",
      killedBy: 'to a patch that was written is stale, and the store shows it',
    },
  ]),
  ...mutantsOf('kube/act/window.ts', 'kube/act/window.test.ts', [
    {
      name: 'grows although nothing fills its places',
      find: 'const isFull = inFlight >= placesIn(window);',
      replace: 'const isFull = true;',
      killedBy: 'does not grow while it is not filled: that proves nothing',
    },
    {
      name: 'halves again for what was sent before it halved',
      find: '  sentAt <= window.halvedAt ? window : halved(window, at);',
      replace: '  halved(window, at);',
      killedBy: 'is halved by an overload, once for all that was in flight then',
    },
    {
      name: 'gives an overloaded server no rest',
      find: '  wait === 0 ? window : { ...window, restsUntil',
      replace: '  true ? window : { ...window, restsUntil',
      killedBy: 'rests as long as the server asks, within bounds, whenever the request was sent',
    },
    {
      name: 'overlooks that a server has become slow',
      find: 'return p95 > Math.max(2 * usual, unremarkable) ?',
      replace: 'return p95 > Math.max(20 * usual, unremarkable) ?',
      killedBy: 'is halved when the p95 doubles, and follows a server that stays slow',
    },
    {
      name: 'narrows to nothing',
      find: 'places: Math.max(fewest, window.places / 2),',
      replace: 'places: window.places / 2,',
      killedBy: 'stays within its bounds, and asks for no longer rest than is allowed',
    },
  ]),
];
