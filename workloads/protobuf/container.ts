/** A container of a pod's spec. */

import type { Container } from '../../api/kubernetes.ts';
import { env as envNames } from '../../api/names.ts';
import type { Fields } from '../../kube/contract.ts';
import type { Mutable } from './mutable.ts';

type Env = NonNullable<Container['env']>[number];

export const readContainer = (fields: Fields): Container => {
  const env: Env[] = [];
  const container: Mutable<Container> = { name: '', env };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        container.name = fields.word();
        break;
      case 2:
        container.image = fields.word();
        break;
      case 7:
        readMark(fields, env);
        break;
      case 24:
        container.restartPolicy = fields.word();
    }
  }
  return container;
};

/** Of the environment only the mark of injection is looked at. */
const readMark = (fields: Fields, into: Env[]): void => {
  let isMark = false;
  let value = '';
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 1) isMark = fields.is(envNames.injected);
    else if (field === 2 && isMark) value = fields.word();
  }
  if (isMark) into.push({ name: envNames.injected, value });
};
