/** One rule of the product, made wrong on purpose: the test that is named must notice. */

export interface Mutant {
  /** What the wrong version does, e.g. `takes one pod more than is left`. Unique. */
  readonly name: string;
  /** The source, from the root of the repository. */
  readonly file: string;
  /** Text that occurs in it exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly killedBy: Killer;
}

export interface Killer {
  readonly file: string;
  /** The test's own name, without those of the suites around it. */
  readonly test: string;
}

type Wrong = Omit<Mutant, 'file' | 'killedBy'> & {
  /** Only where it is another file's test than that of the others. */
  readonly in?: string;
  readonly killedBy: string;
};

/** Wrong versions of one source, and the test file that most of them fail in. */
export const mutantsOf = (file: string, tests: string, wrong: readonly Wrong[]): readonly Mutant[] =>
  wrong.map(({ in: other = tests, killedBy, ...rest }) => ({
    ...rest,
    file,
    killedBy: { file: other, test: killedBy },
  }));

/**
 * The source with its mistake.
 * @throws Error if the text to be replaced is not there exactly once: the source was changed, and the mutant must follow
 */
export const mutated = ({ name, file, find, replace }: Mutant, source: string): string => {
  const [before = '', after, ...more] = source.split(find);
  if (after === undefined || more.length > 0)
    throw new Error(
      `the mutant '${name}' (test/mutants/rules) must follow its source: ${file} contains ${after === undefined ? 'no' : 'more than one'} ${find}`,
    );
  return `${before}${replace}${after}`;
};
