import type { Action } from './action.ts'
import { conversationActions } from './conversations.ts'
import { customerActions } from './customers.ts'
import { feedbackActions } from './feedback.ts'
import { flowActions } from './flow.ts'
import { messageActions } from './messages.ts'
import { objectActions } from './objects.ts'
import { restActions } from './rest.ts'

/** Everything that a step can do, in the order in which it is offered. */
export const actionList: readonly Action[] = [
  ...conversationActions,
  ...messageActions,
  ...feedbackActions,
  ...customerActions,
  ...objectActions,
  ...restActions,
  ...flowActions,
]

const byName = new Map(actionList.map((it) => [it.name, it]))

export function findAction(name: string): Action | undefined {
  return byName.get(name)
}
