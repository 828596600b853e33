/**
 * The behaviour of OpenKruise's SidecarSet that Berth keeps, cut into rows: sections 2 to 12 of its description. Each row has
 * a test that names it: its id stands in the test's name as `[§4.2 #10]`, or it is shown by recorded cases of test/corpus.
 */

export interface Row {
  /** Section, and within it a number or the name of a field or event, e.g. `4.2 #10` or `2.4 partition`. */
  readonly id: string;
  readonly says: string;
  /** Ids of recorded cases that show it. */
  readonly recorded: readonly string[];
}

/** `rowsOf('2.1', [['selector', 'is required', 'B109 B110']])`: cases are named in one text. */
export const rowsOf = (
  section: string,
  rows: readonly (readonly [name: string, says: string, recorded?: string])[],
): readonly Row[] =>
  rows.map(([name, says, recorded = '']) => ({
    id: `${section} ${name}`,
    says,
    recorded: recorded === '' ? [] : recorded.split(' '),
  }));
