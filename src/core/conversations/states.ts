/**
 * Where a conversation stands, and where it can go from there.
 *
 * - `open`: somebody has to do something.
 * - `snoozed`: it sleeps until a time, or until the customer writes.
 * - `done`: closed; a customer's message opens it again.
 */
export const conversationMoves = {
  open: ['snoozed', 'done'],
  snoozed: ['open', 'done', 'snoozed'],
  done: ['open'],
} as const satisfies Record<string, readonly string[]>

export type ConversationStatus = keyof typeof conversationMoves

export function mayMove(from: ConversationStatus, to: ConversationStatus): boolean {
  return (conversationMoves[from] as readonly ConversationStatus[]).includes(to)
}
