/** What the server sent cannot be understood: the connection is not worth keeping. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}
