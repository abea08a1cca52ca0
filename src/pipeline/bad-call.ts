/** A wrong request (an option that names what is not there), as opposed to bad input. Hosts show the message; the CLI exits with 2. */
export class BadCall extends Error {
  override name = 'BadCall';
}
