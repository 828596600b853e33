/** Whether this process lives and whether it can do its work, check by check. */

export interface Check {
  /** A word such as `synced` or `certificate`. */
  readonly name: string;
  /** What is missing, in words; undefined when nothing is. */
  problem(): string | undefined;
}

export interface Health {
  /** From now on readiness depends on this check, too. */
  add(check: Check): void;
  report(): Report;
}

export interface Report {
  readonly ready: boolean;
  /** One line a check, in the apiserver's own form: `[+]synced ok`, `[-]certificate failed: none yet`. */
  readonly text: string;
}

export const openHealth = (): Health => {
  const checks: Check[] = [];
  return {
    add: check => {
      checks.push(check);
    },
    report: () => {
      const found = checks.map(check => ({ name: check.name, problem: check.problem() }));
      const lines = found.map(({ name, problem }) =>
        problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
      );
      const ready = found.every(({ problem }) => problem === undefined);
      return { ready, text: [...lines, ready ? 'ready' : 'not ready', ''].join('\n') };
    },
  };
};
