/** The time that the apiserver gives a webhook, told in the `timeout` parameter of the address it calls. */

import { type Millis, seconds } from '../contract.ts';

/** The apiserver allows no webhook more. */
const longest = seconds(30);

/** Of a request's address, e.g. `/mutate/pod?timeout=3s`. Without a parameter that can be read, the apiserver's default of 10 s. */
export const timeoutOf = (address: URL): Millis => {
  const told = /^(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/.exec(address.searchParams.get('timeout') ?? '');
  if (told === null || told[0] === '') return seconds(10);
  const [, minutes = 0, wholeSeconds = 0, millis = 0] = told;
  return Math.min(seconds(60 * Number(minutes)) + seconds(Number(wholeSeconds)) + Number(millis), longest);
};
