/** Live progress for people: a tree that refreshes on a terminal, plain lines with elapsed times elsewhere. */

export type Mark = 'waiting' | 'running' | 'done' | 'failed';

export interface Branch {
  readonly title: string;
  readonly mark: Mark;
  /** What is true right now, e.g. `7/10 at v2, 3 moving`. */
  readonly detail: string;
  /** One sign a pod or node while the chapter runs. */
  readonly bar?: Bar;
}

export interface Bar {
  readonly done: number;
  readonly moving: number;
  readonly of: number;
}

export interface Screen {
  show(tree: readonly Branch[]): void;
  /** A lasting line above the tree. */
  say(text: string): void;
  /** Leaves the last tree where it is. */
  close(): void;
}

/** The parts of a stream that a screen needs. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export const screenOn = (output: Output, elapsed: () => number): Screen =>
  output.isTTY === true ? terminal(output) : lines(output, elapsed);

const symbols: Readonly<Record<Mark, string>> = {
  waiting: '\u001b[2m○\u001b[0m',
  running: '\u001b[36m◐\u001b[0m',
  done: '\u001b[32m●\u001b[0m',
  failed: '\u001b[31m✗\u001b[0m',
};

const terminal = (output: Output): Screen => {
  let height = 0;
  let last: readonly Branch[] = [];
  const clear = () => {
    if (height > 0) output.write(`\u001b[${height}A\u001b[J`);
    height = 0;
  };
  const draw = () => {
    for (const [index, branch] of last.entries()) {
      const twig = index === last.length - 1 ? '└' : '├';
      output.write(` ${twig} ${fitted(branch, output.columns ?? 100)}\n`);
    }
    height = last.length;
  };
  return {
    show: tree => {
      clear();
      last = tree;
      draw();
    },
    say: text => {
      clear();
      output.write(`${text}\n`);
      draw();
    },
    close: () => {
      height = 0;
      last = [];
    },
  };
};

/** A line that wrapped would make the next refresh climb too little. */
const fitted = ({ mark, title, detail, bar }: Branch, columns: number): string => {
  const signs = bar === undefined ? '' : `${barOf(bar)} `;
  const text = `${title.padEnd(46)} ${signs}${detail}`;
  const room = columns - 6;
  return `${symbols[mark]} ${text.length > room ? `${text.slice(0, room - 1)}…` : text}`;
};

const barOf = ({ done, moving, of }: Bar): string =>
  '●'.repeat(Math.min(done, of)) +
  '◐'.repeat(Math.max(0, Math.min(moving, of - done))) +
  '○'.repeat(Math.max(0, of - done - moving));

const lines = (output: Output, elapsed: () => number): Screen => {
  const printed = new Map<string, string>();
  const write = (text: string) => output.write(`${`${elapsed().toFixed(1)} s`.padStart(8)}  ${text}\n`);
  return {
    show: tree => {
      for (const { title, mark, detail } of tree) {
        const text = `${title}: ${detail}`;
        if (mark === 'waiting' || printed.get(title) === text) continue;
        printed.set(title, text);
        write(text);
      }
    },
    say: write,
    close: () => undefined,
  };
};
