import type { BroughtWorkflow } from '#sdk'

/** As the article has it: a workflow listens for when a conversation closes. How long it waits is a setting of the app. */
export const workflows: Record<string, BroughtWorkflow> = {
  'after-close': {
    name: 'Stella Connect: ask after a close',
    description:
      'When a conversation is marked done, its customer is asked, by the rules of Settings › Surveys and after the seconds of the app’s settings. Add conditions to ask about some conversations only.',
    isOn: true,
    trigger: {
      eventName: 'kustomer.conversation.update',
      transitions: [
        {
          target: 'ask',
          condition: { op: 'eq', values: ['/#steps.1.changes.attributes.status.after', 'done'] },
          meta: { name: 'It was marked done' },
        },
      ],
    },
    steps: [
      {
        id: 'ask',
        action: 'tellback.survey.ask',
        params: { conversation: '/#steps.1.id', installation: '$installation' },
        meta: { displayName: 'Ask the customer' },
      },
    ],
  },
}
