import type { Id } from '../../platform/ids.ts'
import type { BroughtWorkflow } from '../../sdk/index.ts'

export const followUpKey = 'low-score-follow-up'
/** What a followed-up conversation must say before it is closed. */
export const outcomeAttribute = { followUpOutcomeStr: 'Outcome of the follow-up' }

/** What should happen after a bad answer, whoever asked: it arrives with the first app that brings feedback, as a draft whose owner is whoever installed it, or an admin. */
export function followUp(owner: Id | undefined): BroughtWorkflow {
  const users = owner === undefined ? [] : [owner]
  return {
    name: 'Follow up low scores',
    description:
      'A low score opens a conversation with an owner. Nobody can mark it done without saying what came of it, and after a day without an end it is escalated. Choose the owner, then publish it.',
    isOn: false,
    trigger: {
      eventName: 'tellback.feedback.create',
      transitions: [
        {
          target: 'open',
          condition: {
            op: 'and',
            values: [
              { op: 'eq', values: ['/#steps.1.sentiment', 'negative'] },
              { op: 'neq', values: ['/#steps.1.test', true] },
            ],
          },
          meta: { name: 'A low score' },
        },
      ],
    },
    steps: [
      {
        id: 'open',
        action: 'tellback.feedback.open-conversation',
        params: { feedback: '/#steps.1.id' },
        transitions: [{ target: 'owner' }],
        meta: { displayName: 'Open a conversation about it' },
      },
      {
        id: 'owner',
        action: 'tellback.conversation.assign',
        params: { id: '/#steps.open.id', users },
        transitions: [{ target: 'outcome' }],
        meta: { displayName: 'Give it an owner' },
      },
      {
        id: 'outcome',
        action: 'tellback.conversation.require',
        params: { id: '/#steps.open.id', fields: ['custom.followUpOutcomeStr'] },
        transitions: [{ target: 'note' }],
        meta: { displayName: 'Require an outcome' },
      },
      {
        id: 'note',
        action: 'kustomer.note.create',
        params: {
          conversation: '/#steps.open.id',
          body: 'A low score of {{steps.1.score}}. Please get in touch within a day, and write down the outcome before you mark this done.',
        },
        transitions: [{ target: 'timer' }],
        meta: { displayName: 'Say what is to be done' },
      },
      {
        id: 'timer',
        action: 'tellback.wait.event',
        params: {
          eventName: 'kustomer.conversation.update',
          object: '/#steps.open.id',
          condition: { op: 'eq', values: ['/#steps.timer.event.changes.attributes.status.after', 'done'] },
          amount: 24,
          unit: 'hours',
        },
        transitions: [
          {
            target: 'escalate',
            condition: { op: 'eq', values: ['/#steps.timer.timedOut', true] },
            meta: { name: 'A day is over' },
          },
        ],
        meta: { displayName: 'Wait for its end, a day at most' },
      },
      {
        id: 'escalate',
        action: 'kustomer.conversation.append-tags',
        params: { id: '/#steps.open.id', tags: ['escalated'] },
        transitions: [{ target: 'tell' }],
        meta: { displayName: 'Escalate it' },
      },
      {
        id: 'tell',
        action: 'tellback.user.notify',
        params: {
          users,
          title: 'A low score waits for more than a day',
          conversation: '/#steps.open.id',
        },
        meta: { displayName: 'Tell the owner' },
      },
    ],
  }
}
