/** Pods out of protobuf: of a foreign pod the few fields that its view has, of a managed one all that is projected. */

import { ourAnnotationPrefixes } from '../../api/names.ts';
import type { Protobuf } from '../../kube/contract.ts';
import { isManaged } from '../pods/project.ts';
import { readForeignSpec, readSpec } from './podSpec.ts';
import { readForeignStatus, readStatus } from './podStatus.ts';

export const podProtobuf: Protobuf = {
  annotations: ourAnnotationPrefixes,
  read: (fields, metadata) => {
    const managed = isManaged(metadata);
    const pod: { spec?: object; status?: object } = {};
    for (let field = fields.next(); field !== 0; field = fields.next()) {
      if (field === 2) pod.spec = managed ? readSpec(fields) : readForeignSpec(fields);
      else if (field === 3) pod.status = managed ? readStatus(fields) : readForeignStatus(fields);
    }
    return pod;
  },
};
