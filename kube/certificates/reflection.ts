/**
 * The X.509 library's container insists on metadata reflection, of which only constructor parameters' types are asked.
 * No class of the library has such parameters, so the answer is always: none. This spares a dependency; it must be imported first.
 */

const none = { configurable: true, value: (): undefined => undefined };

if (!('getMetadata' in Reflect)) {
  Object.defineProperties(Reflect, { getMetadata: none, getOwnMetadata: none, defineMetadata: none });
}
