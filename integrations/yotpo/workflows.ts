import type { BroughtWorkflow } from '#sdk'

/** Yotpo's own rule (its article): an escalated review is there to be read, so its conversation is marked done. */
export const workflows: Record<string, BroughtWorkflow> = {
  'mark-done': {
    name: 'Yotpo: mark escalated reviews done',
    description:
      'The conversation about an escalated review is marked done at once, and again when the review changes. To keep bad ones open for somebody to deal with, raise the number of stars from which on it is done.',
    isOn: true,
    trigger: {
      eventName: 'kustomer.message.create',
      transitions: [
        {
          target: 'review',
          condition: {
            op: 'and',
            values: [
              { op: 'eq', values: ['/#steps.1.app', 'yotpo'] },
              { op: 'eq', values: ['/#steps.1.channel', 'form'] },
              { op: 'eq', values: ['/#steps.1.direction', 'in'] },
            ],
          },
          meta: { name: 'A review came, or changed' },
        },
      ],
    },
    steps: [
      {
        id: 'review',
        action: 'tellback.feedback.find',
        params: { conversation: '/#steps.1.conversation' },
        meta: { displayName: 'Which review is it?' },
        transitions: [
          {
            target: 'done',
            condition: {
              op: 'and',
              values: [
                { op: 'eq', values: ['/#steps.review.installation', '$installation'] },
                { op: 'gte', values: ['/#steps.review.score', 1] },
              ],
            },
            meta: { name: '1 star or more, of this store' },
          },
        ],
      },
      {
        id: 'done',
        action: 'tellback.conversation.done',
        params: { id: '/#steps.1.conversation', withoutSurvey: true },
        meta: { displayName: 'Mark it done' },
        errorCases: [{ target: 'why', meta: { name: 'It cannot be done yet' } }],
      },
      {
        id: 'why',
        action: 'kustomer.note.create',
        params: { conversation: '/#steps.1.conversation', body: 'The conversation stays open: {{{error.message}}}' },
        meta: { displayName: 'Say why it stays open' },
      },
    ],
  },
}
