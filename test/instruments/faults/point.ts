/**
 * A moment of a run, named so that it is found again in another run of the same scenario: the second patch of the
 * status of pod db-1, the first event that says that the job's third pod is gone.
 */

export interface Point {
  /** Of a write `create`, `patch` …; of an event `ADDED`, `MODIFIED` or `DELETED`. */
  readonly verb: string;
  /** Plural and part, e.g. `pods` or `pods/status`. */
  readonly of: string;
  /** Its name in every run: random parts are replaced by the order of appearance, e.g. `web~2`. */
  readonly object: string;
  /** The first is 1. */
  readonly nth: number;
}

export const isSamePoint = (a: Point, b: Point): boolean =>
  a.verb === b.verb && a.of === b.of && a.object === b.object && a.nth === b.nth;

/** As a person would say it. */
export const inWords = ({ verb, of, object, nth }: Point): string => `${verb} ${of} ${object} #${nth}`;

/** Without blanks or characters that mean something to a shell. */
export const codeOf = ({ verb, of, object, nth }: Point): string =>
  `${verb}:${of.replace('/', '.')}:${object.replace('~', '_')}:${nth}`;

const code = /^(?<verb>[A-Za-z]+):(?<plural>[a-z]+)(?:\.(?<part>[a-z]+))?:(?<object>[a-z0-9_-]+):(?<nth>[1-9][0-9]*)$/u;

/** Undefined if it is no code of a point. */
export const pointIn = (text: string): Point | undefined => {
  const found = code.exec(text)?.groups;
  if (found === undefined) return undefined;
  const { verb = '', plural = '', part, object = '', nth = '' } = found;
  return {
    verb,
    of: part === undefined ? plural : `${plural}/${part}`,
    object: object.replace('_', '~'),
    nth: Number(nth),
  };
};
