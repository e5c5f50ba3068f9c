/** Why a mail does not leave, and will not by itself; its message is for whoever wrote it. */
export class Unsendable extends Error {
  override readonly name = 'Unsendable'
}
