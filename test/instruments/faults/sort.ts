/** What writes and events are like, without whom they happen to. */

import { parseJson } from '../../../kube/wire.ts';
import { list, podIn, record, text } from '../objects.ts';
import type { WatchEvent } from './frames.ts';
import { familyOf } from './names.ts';
import type { Point } from './point.ts';
import type { Asked } from './traffic.ts';

export const sortOfEvent = ({ type, object }: WatchEvent, { of, object: name }: Point): string =>
  [type, of, familyOf(name), of === 'pods' ? stateOf(object) : `generation ${object.metadata.generation ?? 0}`].join(
    ' ',
  );

const stateOf = (object: WatchEvent['object']): string => {
  const { phase, isReady, isLeaving, gate, node, containers } = podIn(object);
  const running = [...containers].map(
    ([name, { image, restarts, isRunning }]) => `${name}=${image}${isRunning ? ' runs' : ''} ${restarts}`,
  );
  return [
    phase,
    node === '' ? '' : 'bound',
    isReady ? 'Ready' : '',
    isLeaving ? 'leaving' : '',
    gate === undefined ? '' : `gate ${gate}`,
    ...running,
  ].join(' ');
};

export const sortOfWrite = ({ verb, body }: Asked, { of, object }: Point): string =>
  [verb, of, familyOf(object), verb === 'patch' ? changesIn(parseJson(body)).join(' ') : ''].join(' ');

const guards: ReadonlySet<string> = new Set(['/metadata/uid', '/metadata/resourceVersion']);

/** Paths of a JSON Patch; conditions and keys of a merge. */
const changesIn = (body: unknown): readonly string[] => {
  if (Array.isArray(body))
    return list(body)
      .map(op => text(op['path']))
      .filter(path => !guards.has(path));
  const { status, ...rest } = record(body);
  const { conditions, ...others } = record(status);
  return [
    ...list(conditions).map(condition => `${text(condition['type'])}=${text(condition['status'])}`),
    ...Object.keys(others),
    ...Object.keys(rest).filter(key => key !== 'metadata'),
  ];
};
