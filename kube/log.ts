/** The log: one line a happening, as JSON or as text. Handed to whoever logs; there is no global one. */

import { type DestinationStream, destination, type Level, pino, stdTimeFunctions } from 'pino';

/**
 * What a line tells beside its message. Only plain values: an object cannot be logged by mistake, and with it a secret.
 * Usual names: `controller`, `key`, `why`, `outcome`, `uid` (of a review), `path`, `error`.
 */
export type Fields = { readonly [name: string]: string | number | boolean | undefined };

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'text';
}

/** Where lines go: a file descriptor written to in the background, or anything else with `write`. */
export interface Sink {
  write(line: string): void;
  /** Resolves when what was written has left the process. */
  flush(): Promise<void>;
}

export interface OpenLog extends Log {
  /** To be awaited before the process ends; later lines may be lost. */
  flush(): Promise<void>;
}

/**
 * Lines are collected and written in the background, so that a slow terminal delays no webhook.
 * Those that are still on their way when the process exits are written by pino's exit hook.
 */
export const standardOutput = (): Sink => {
  const stream = destination({ dest: 1, sync: false });
  return {
    write: line => {
      stream.write(line);
    },
    flush: () => new Promise((resolve, reject) => stream.flush(error => (error ? reject(error) : resolve()))),
  };
};

export const openLog = ({ level, format }: LogOptions, sink: Sink = standardOutput()): OpenLog => {
  const lines: DestinationStream = { write: line => sink.write(format === 'json' ? line : textOf(line)) };
  const logger = pino({ level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: named } }, lines);
  const at =
    (to: Level) =>
    (message: string, fields: Fields = {}) =>
      logger[to](fields, message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), flush: () => sink.flush() };
};

const named = (level: string): object => ({ level });

/** `12:00:01.123 INFO  patched pod  controller=statefulset key=default/web why="its image changed"` */
const textOf = (line: string): string => {
  const { time, level, msg, ...fields } = JSON.parse(line) as { time: string; level: string; msg: string };
  const told = Object.entries(fields).map(([name, value]) => ` ${name}=${quoted(String(value))}`);
  return `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${msg} ${told.join('')}`.trimEnd().concat('\n');
};

const quoted = (value: string): string => (/^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value));
