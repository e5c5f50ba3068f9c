import type { Id } from '../../platform/ids.ts'

export const largestBody = 400_000 // the platform's limit, white space counted (facts 3.1)

/** What a hook answers: callers look at the status alone [inferred, facts 3.1], people at the id. */
export function transactionReply({ id, duplicate }: { id: Id; duplicate: boolean }): string {
  return `{"data":{"type":"hook_transaction","id":"${id}","attributes":{"duplicate":${duplicate}}}}`
}
