/** Nodes out of protobuf. */

import type { Taint } from '../../api/kubernetes.ts';
import type { Fields, Protobuf, Wire } from '../../kube/contract.ts';
import type { Mutable } from './mutable.ts';

export const nodeProtobuf: Protobuf = {
  annotations: [],
  read: fields => {
    const node: { spec?: Wire; status?: Wire } = {};
    for (let field = fields.next(); field !== 0; field = fields.next()) {
      if (field === 2) node.spec = readSpec(fields);
      else if (field === 3) node.status = readStatus(fields);
    }
    return node;
  },
};

const readSpec = (fields: Fields): Wire => {
  const taints: Taint[] = [];
  let unschedulable = false;
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 4) unschedulable = fields.flag();
    else if (field === 5) taints.push(readTaint(fields));
  }
  return { taints, unschedulable };
};

const readTaint = (fields: Fields): Taint => {
  const taint: Mutable<Taint> = { key: '', effect: '' };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        taint.key = fields.word();
        break;
      case 2:
        if (!fields.is('')) taint.value = fields.word();
        break;
      case 3:
        taint.effect = fields.word();
        break;
      case 4: {
        const timeAdded = fields.time();
        if (timeAdded !== undefined) taint.timeAdded = timeAdded;
      }
    }
  }
  return taint;
};

const readStatus = (fields: Fields): Wire => {
  const allocatable: [resource: string, quantity: string][] = [];
  let kubeletVersion = '';
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 2) allocatable.push(readQuantity(fields));
    else if (field === 7) kubeletVersion = readKubeletVersion(fields);
  }
  return { allocatable: Object.fromEntries(allocatable), nodeInfo: { kubeletVersion } };
};

/** An entry of a resource list; a quantity is a message of one text. */
const readQuantity = (fields: Fields): [resource: string, quantity: string] => {
  let resource = '';
  let quantity = '';
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 1) resource = fields.word();
    else if (field === 2) {
      fields.enter();
      for (let inner = fields.next(); inner !== 0; inner = fields.next()) if (inner === 1) quantity = fields.word();
    }
  }
  return [resource, quantity];
};

const readKubeletVersion = (fields: Fields): string => {
  let version = '';
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) if (field === 7) version = fields.word();
  return version;
};
