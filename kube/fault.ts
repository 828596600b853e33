/** What may be told of an error that nobody expected. */

/** Where a thrown error came from, without its message: that may quote an object, and with it a secret. */
export const originOf = (error: unknown): string => {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const frames = (error.stack ?? '').split('\n').filter(line => /^ {4}at /.test(line));
  return [error.name, ...frames.slice(0, 5).map(line => line.trim())].join(' ');
};
