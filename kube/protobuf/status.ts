/** A v1 Status out of protobuf, in the shape of JSON as far as anybody looks at it. */

import type { Wire } from '../contract.ts';
import type { Reader } from './reader.ts';

/** @throws Malformed */
export const readStatus = (raw: Buffer, reader: Reader): Wire => {
  const status = { kind: 'Status', message: '', reason: '', code: 0, details: {} };
  reader.open(raw);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 3:
        status.message = reader.text();
        break;
      case 4:
        status.reason = reader.text();
        break;
      case 5:
        status.details = readDetails(reader);
        break;
      case 6:
        status.code = reader.integer();
    }
  }
  return status;
};

const readDetails = (reader: Reader): Wire => {
  let name = '';
  let retryAfterSeconds = 0;
  const causes: Wire[] = [];
  reader.enter();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        name = reader.text();
        break;
      case 4:
        causes.push(readCause(reader));
        break;
      case 5:
        retryAfterSeconds = reader.integer();
    }
  }
  return { name, causes, ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }) };
};

const readCause = (reader: Reader): Wire => {
  let reason = '';
  let field = '';
  reader.enter();
  for (let number = reader.next(); number !== 0; number = reader.next()) {
    if (number === 1) reason = reader.text();
    else if (number === 3) field = reader.text();
  }
  return { reason, field };
};
