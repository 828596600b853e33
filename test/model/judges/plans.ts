/** What every plan of every controller is held to. */

import type { Action, Plan } from '../../../kube/contract.ts';
import { type Judge, judge } from '../judge.ts';

export const wellFormed = (): Judge => judge('one write for each object, one reason for each pod', { plan: doubles });

const doubles = ({ actions, reasons = [] }: Plan): readonly string[] => [
  ...repeated(reasons.flatMap(({ pods }) => pods)).map(name => `${name} has two reasons`),
  ...repeated(actions.map(nameOf)).map(name => `${name} is written twice in one plan`),
];

const nameOf = (action: Action): string =>
  action.do === 'create'
    ? `${action.object.kind} ${action.object.metadata.name}`
    : `${action.target.resource.kind} ${action.target.name}`;

const repeated = (names: readonly string[]): readonly string[] => names.filter((name, i) => names.indexOf(name) !== i);
