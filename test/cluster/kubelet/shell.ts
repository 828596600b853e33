/** Follows command lines of a few words, such as `sleep 5` or `sh -c "sleep 1; exit 2"`, without running anything. */

import type { Millis } from '../../../kube/contract.ts';

export interface Exit {
  readonly after: Millis;
  readonly code: number;
}

export interface Followed {
  /** Undefined: runs for ever. */
  readonly exits: Exit | undefined;
  /** What its TERM trap does. */
  readonly trap: Exit | undefined;
}

/** Where a script stands between two statements. */
interface Progress {
  readonly after: number;
  readonly code: number;
  readonly trap: Exit | undefined;
  readonly over: 'no' | 'exited' | 'for ever' | 'not understood';
}

type Variables = ReadonlyMap<string, string>;

const shells = new Set(['sh', 'bash', 'ash']);
const wrappers = new Set(['busybox', 'env', 'exec']);
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What a command line does, given the image's environment; undefined if it is not simple enough. */
export const follow = (command: readonly string[], variables: Variables): Followed | undefined => {
  const [first = '', ...rest] = command;
  if (wrappers.has(baseName(first))) return follow(rest, variables);
  const script = shells.has(baseName(first)) ? scriptOf(rest) : [[baseName(first), ...rest]];
  const end = script === undefined ? undefined : run(script, variables);
  if (end === undefined || end.over === 'not understood') return undefined;
  return { exits: end.over === 'for ever' ? undefined : { after: end.after, code: end.code }, trap: end.trap };
};

const scriptOf = ([flag = '', text]: readonly string[]): readonly (readonly string[])[] | undefined =>
  flag.startsWith('-') && flag.endsWith('c') && text !== undefined ? statementsOf(text) : undefined;

/** The words of each statement; quotes keep words and separators together. */
const statementsOf = (text: string): readonly (readonly string[])[] => {
  const words = text.match(/'[^']*'|"[^"]*"|\|\||&&|[;\n]|[^\s;'"|&]+|[|&]/g) ?? [];
  const statements: string[][] = [[]];
  for (const word of words) {
    if (word === ';' || word === '\n') statements.push([]);
    else statements.at(-1)?.push(word.replace(/^(['"])(.*)\1$/s, '$2'));
  }
  return statements.filter(statement => statement.length > 0);
};

const run = (statements: readonly (readonly string[])[], variables: Variables): Progress => {
  let progress: Progress = { after: 0, code: 0, trap: undefined, over: 'no' };
  for (const statement of statements) {
    progress = runChain(statement, variables, progress);
    if (progress.over !== 'no') break;
  }
  return progress;
};

/** `a || b && c`, from left to right. */
const runChain = (words: readonly string[], variables: Variables, from: Progress): Progress => {
  const operator = words.findIndex(word => word === '||' || word === '&&');
  if (operator < 0) return runCommand(words, variables, from);
  const left = runCommand(words.slice(0, operator), variables, from);
  if (left.over !== 'no') return left;
  const goesOn = (words[operator] === '||') === (left.code !== 0);
  return goesOn ? runChain(words.slice(operator + 1), variables, left) : left;
};

const runCommand = (words: readonly string[], variables: Variables, from: Progress): Progress => {
  const [name = '', ...args] = words.map(word => word.replace(/^\$\{?(\w+)\}?$/, (_, key) => variables.get(key) ?? ''));
  switch (name) {
    case 'true':
    case ':':
    case 'echo':
      return { ...from, code: 0 };
    case 'false':
      return { ...from, code: 1 };
    case 'exit':
      return { ...from, code: Number(args[0] ?? from.code) || 0, over: 'exited' };
    case 'sleep':
      return slept(args[0] ?? '', from);
    case 'test':
      return { ...from, code: args[1] === '=' && args[0] === args[2] ? 0 : 1 };
    case 'trap':
      return trapped(args[0] ?? '', variables, from);
    case 'while':
      return { ...from, over: args[0] === 'true' || args[0] === ':' ? 'for ever' : 'not understood' };
    case 'pause':
      return { ...from, over: 'for ever' };
    default:
      return { ...from, over: 'not understood' };
  }
};

const slept = (time: string, from: Progress): Progress => {
  if (time === 'infinity') return { ...from, over: 'for ever' };
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(time) ?? [];
  if (count === undefined) return { ...from, over: 'not understood' };
  const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 }[unit === '' ? 's' : (unit ?? 's')] ?? 1;
  return { ...from, code: 0, after: from.after + Number(count) * unitSeconds * 1000 };
};

const trapped = (script: string, variables: Variables, from: Progress): Progress => {
  const { after, code } = run(statementsOf(script), variables);
  return { ...from, code: 0, trap: { after, code } };
};
