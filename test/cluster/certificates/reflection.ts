/**
 * @peculiar/x509 registers its algorithms in a container that asks for decorator metadata, and refuses to load where
 * nothing can be asked. It never writes any, so that an answer of "none" is a full polyfill for it.
 */
if (!('getMetadata' in Reflect)) {
  const none = (): undefined => undefined;
  Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none, defineMetadata: none });
}
