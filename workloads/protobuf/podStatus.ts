/** `status` of a pod. */

import type { ContainerStatus, PodCondition, PodStatus } from '../../api/kubernetes.ts';
import type { Fields } from '../../kube/contract.ts';
import { messagesKept } from '../pods/project.ts';
import { readContainerStatus } from './containerStatus.ts';
import type { Mutable } from './mutable.ts';

export const readForeignStatus = (fields: Fields): PodStatus => {
  const conditions: PodCondition[] = [];
  const status: Mutable<PodStatus> = { conditions };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 2) conditions.push(readVerdict(fields));
    else readOne(fields, field, status);
  }
  return status;
};

interface Lists {
  readonly conditions: PodCondition[];
  readonly containerStatuses: ContainerStatus[];
  readonly initContainerStatuses: ContainerStatus[];
}

export const readStatus = (fields: Fields): PodStatus => {
  const lists: Lists = { conditions: [], containerStatuses: [], initContainerStatuses: [] };
  const status: Mutable<PodStatus> = lists;
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 2:
        lists.conditions.push(readCondition(fields));
        break;
      case 8:
        lists.containerStatuses.push(readContainerStatus(fields));
        break;
      case 10:
        lists.initContainerStatuses.push(readContainerStatus(fields));
        break;
      default:
        readOne(fields, field, status);
    }
  }
  return status;
};

const readOne = (fields: Fields, field: number, status: Mutable<PodStatus>): void => {
  switch (field) {
    case 1:
      status.phase = fields.word();
      break;
    case 4:
      status.reason = fields.word();
      break;
    case 9:
      if (!fields.is('')) status.qosClass = fields.word();
      break;
    case 17:
      if (fields.integer() !== 0) status.observedGeneration = fields.integer();
  }
};

/** A condition without its reasons. */
const readVerdict = (fields: Fields): PodCondition => {
  const verdict: Mutable<PodCondition> = { type: '', status: '' };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 1) verdict.type = fields.word();
    else if (field === 2) verdict.status = fields.word();
    else if (field === 6 && messagesKept.has(verdict.type)) verdict.message = fields.text();
  }
  return verdict;
};

const readCondition = (fields: Fields): PodCondition => {
  const condition: Mutable<PodCondition> = { type: '', status: '' };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        condition.type = fields.word();
        break;
      case 2:
        condition.status = fields.word();
        break;
      case 4:
        setSince(condition, fields.time());
        break;
      case 5:
        condition.reason = fields.word();
        break;
      case 6:
        if (messagesKept.has(condition.type)) condition.message = fields.text();
    }
  }
  return condition;
};

const setSince = (condition: Mutable<PodCondition>, since: string | undefined): void => {
  if (since !== undefined) condition.lastTransitionTime = since;
};
