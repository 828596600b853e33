/** Status of one container of a pod. */

import type { ContainerStatus } from '../../api/kubernetes.ts';
import type { Fields } from '../../kube/contract.ts';
import type { Mutable } from './mutable.ts';

type State = NonNullable<ContainerStatus['state']>;

export const readContainerStatus = (fields: Fields): ContainerStatus => {
  const status: Mutable<ContainerStatus> = { name: '', image: '', imageID: '', ready: false, restartCount: 0 };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        status.name = fields.word();
        break;
      case 2:
        status.state = readState(fields);
        break;
      case 4:
        status.ready = fields.flag();
        break;
      case 5:
        status.restartCount = fields.integer();
        break;
      case 6:
        status.image = fields.word();
        break;
      case 7:
        status.imageID = fields.word();
        break;
      case 8:
        status.containerID = fields.text();
        break;
      case 9:
        status.started = fields.flag();
    }
  }
  return status;
};

const readState = (fields: Fields): State => {
  const state: Mutable<State> = {};
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        state.waiting = readWaiting(fields);
        break;
      case 2:
        state.running = readRunning(fields);
        break;
      case 3:
        state.terminated = readTerminated(fields);
    }
  }
  return state;
};

const readWaiting = (fields: Fields): NonNullable<State['waiting']> => {
  let reason = '';
  let message = '';
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 1) reason = fields.word();
    else if (field === 2) message = fields.text();
  }
  return { reason, message };
};

const readRunning = (fields: Fields): NonNullable<State['running']> => {
  let startedAt: string | undefined;
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) if (field === 1) startedAt = fields.time();
  return startedAt === undefined ? {} : { startedAt };
};

const readTerminated = (fields: Fields): NonNullable<State['terminated']> => {
  let exitCode = 0;
  let reason = '';
  let finishedAt: string | undefined;
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        exitCode = fields.integer();
        break;
      case 3:
        reason = fields.word();
        break;
      case 6:
        finishedAt = fields.time();
    }
  }
  return { exitCode, reason, ...(finishedAt === undefined ? {} : { finishedAt }) };
};
