/** A verdict in words. */

import type { Rule, Verdict } from './checker.ts';

/** One line for each invariant, then what broke it, and how much was looked at. */
export const verdictText = (rules: readonly Rule[], { revisions, writes, violations, unjudged }: Verdict): string => {
  const names = [...new Set(rules.map(({ invariant }) => invariant))];
  const width = Math.max(...names.map(name => name.length));
  const lines = names.map(name => {
    const broken = violations.filter(({ invariant }) => invariant === name).length;
    const missing = new Set(unjudged.filter(({ invariant }) => invariant === name).map(({ hole }) => hole.kind));
    const said = missing.size > 0 ? `not judged: no ${[...missing].join(', ')}` : `${broken} violations`;
    return `  ${broken > 0 ? '✗' : missing.size > 0 ? '?' : '✓'} ${name.padEnd(width)}  ${said}`;
  });
  const details = violations.map(({ invariant, at, message }) => `    ${invariant}, revision ${at}: ${message}`);
  return [`${revisions} revisions and ${writes} audited writes checked`, ...lines, ...details, ''].join('\n');
};
