/** What an answer means for the action that asked. */

import { type Mutant, mutantsOf } from '../mutant.ts';

export const answersMutants: readonly Mutant[] = [
  ...mutantsOf('kube/act/answer.ts', 'kube/act.test.ts', [
    {
      name: 'takes a conflict for a refusal',
      find: "return { is: 'to be seen', because: 'conflict', message };",
      replace: 'return refused(message);',
      killedBy: 'decided on an old state is stale, and the store shows the new one',
    },
    {
      name: 'takes a failed guard for a refusal',
      find: "mayBeGuard(action, status) ? { is: 'to be seen'",
      replace: "false ? { is: 'to be seen'",
      killedBy: 'of an object that has a successor is stale, and the store shows the successor',
    },
    {
      name: "takes a rule's refusal for a failed guard",
      find: "causes.every(cause => cause.field === 'metadata.uid');",
      replace: 'causes.length >= 0;',
      killedBy: 'refused by a rule with causes is refused without a look',
    },
    {
      name: 'takes the 404 of a path for the end of an object',
      find: "reason === 'NotFound' && about === action.target.name;",
      replace: "reason === 'NotFound';",
      killedBy: 'of a part that the server does not know is refused, and the object is not taken for gone',
    },
    {
      name: 'takes a broken server for one that did nothing',
      find: "code >= 500 ? { is: 'to be seen', because: 'lost', message }",
      replace: 'code >= 500 ? failed(message)',
      killedBy: 'is also a 5xx: the write may have been done before',
    },
    {
      name: 'takes a disruption budget for an overloaded server',
      find: "return action.do === 'evict' && isBudget(status) ? refused(message) : failed(message);",
      replace: 'return failed(message);',
      killedBy: 'against a budget is refused in the budget’s words',
    },
    {
      name: 'takes an unknown caller for a refused one',
      find: "      // Nobody's rule: our credentials are being replaced, or whoever knows them is away.\n      return failed(message);",
      replace: '      return refused(message);',
      killedBy: 'by a server that does not know us for the moment has failed: no rule refused it',
    },
    {
      name: 'takes for done what was stored unchanged',
      find: "isAsItWas(action.target, { metadata }) ? { is: 'refused', message: storedUnchanged } : { is: 'done' };",
      replace: "({ is: 'done' });",
      killedBy: 'that the server stored unchanged is refused: no event will come of it',
    },
    {
      name: 'refuses a status that is as it was',
      find: "if (action.do !== 'patch' || action.part === 'status' || ",
      replace: "if (action.do !== 'patch' || ",
      killedBy: 'of a status that the server stored unchanged is done: nobody waits for it',
    },
    {
      name: 'takes an object of the same name for our creation',
      find: "return there ? { is: 'stale' } : { is: 'failed', message };",
      replace: "return there ? { is: 'done' } : { is: 'failed', message };",
      killedBy: 'of a name that is taken is stale: whose it is must be seen',
    },
    {
      name: 'takes a successor for the object',
      find: "(action.do === 'create' || found.metadata.uid === action.target.uid);",
      replace: "(action.do === 'create' || found.metadata.uid !== '');",
      killedBy: 'whose object has a successor meanwhile is done',
    },
    {
      name: 'takes a lost patch for one that failed',
      find: "return isAsItWas(action.target, found) ? judgePatch(action, doubt, message, found) : { is: 'stale' };",
      replace: 'return judgePatch(action, doubt, message, found);',
      killedBy: 'to a patch that was written is stale, and the store shows it',
    },
    {
      name: 'takes a deletion for done that was not carried out',
      find: "found === undefined || found.metadata.deletionTimestamp !== undefined || doubt === 'carried out'",
      replace: 'message !== undefined',
      killedBy: 'to a deletion that was not carried out has failed',
    },
    {
      name: 'forgets an object that a finalizer keeps',
      find: '(m.finalizers ?? []).length === 0 &&\n',
      replace: 'true ||\n',
      killedBy: 'that a finalizer delays is done, and the store shows the object being deleted',
    },
  ]),
];
