/** `make survive` runs the same tests longer than `make test`. */

export const isLong = (process.env['BERTH_SURVIVE'] ?? '') === 'long';

/** How often what takes its time is repeated. */
export const rounds = isLong ? 10 : 1;
