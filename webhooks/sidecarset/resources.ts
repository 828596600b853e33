/** Rules of `resourcesPolicy`. */

import { invalid, type Problem } from '../../api/problem.ts';
import { compile } from '../../workloads/regex/regex.ts';
import { wrongWithExpression } from '../../workloads/sidecars/resources.ts';
import { isGiven, memberOf, type Raw, textOf } from './raw.ts';

export const resourcesProblems = (container: Raw, path: string): readonly Problem[] => {
  if (!isGiven(container, 'resourcesPolicy')) return [];
  const own = memberOf(container, 'resources');
  if (Object.keys({ ...memberOf(own, 'limits'), ...memberOf(own, 'requests') }).length > 0)
    return [invalid(path, 'resourcesPolicy and resources cannot be configured together')];
  const policy = memberOf(container, 'resourcesPolicy');
  const expressions = memberOf(policy, 'resourcesExpr');
  return [
    ...regexProblems(textOf(policy, 'targetContainersNameRegex'), `${path}.targetContainersNameRegex`),
    ...(isGiven(expressions, 'limits') || isGiven(expressions, 'requests')
      ? []
      : [invalid(`${path}.resourcesExpr`, 'at least one of limits or requests must be configured')]),
    ...['limits', 'requests'].flatMap(kind =>
      expressionProblems(memberOf(expressions, kind), `${path}.resourcesExpr.${kind}`),
    ),
  ];
};

/** Empty counts as absent: every container then is a target. */
const regexProblems = (regex: string, field: string): readonly Problem[] => {
  const compiled = compile(regex);
  return compiled.is === 'wrong' ? [invalid(field, compiled.why)] : [];
};

const expressionProblems = (amounts: Raw, path: string): readonly Problem[] =>
  (['cpu', 'memory'] as const).flatMap(resource => {
    const text = textOf(amounts, resource);
    const why = text === '' ? undefined : wrongWithExpression(text, resource);
    return why === undefined
      ? []
      : [invalid(`${path}.${resource}`, `${JSON.stringify(text)}: invalid expression: ${why}`)];
  });
