/** Something that is true of a step's values: `{ op: 'eq', values: ['/#steps.1.status', 'done'] }`. */
export interface WorkflowCondition {
  op: string
  values: unknown[]
}

export interface WorkflowTransition {
  target: string
  condition?: WorkflowCondition
  meta?: { name: string }
}

export interface WorkflowStep {
  id: string
  action?: string
  params?: Record<string, unknown>
  transitions?: WorkflowTransition[]
  errorCases?: WorkflowTransition[]
  meta?: { displayName: string; description?: string }
}

/**
 * A workflow that arrives with an installation: an admin sees it, changes it, switches it off. Wherever `$installation`
 * stands alone in a value, the installation's id is put. A newer version of the app never overwrites what an admin changed.
 */
export interface BroughtWorkflow {
  name: string
  /** What it does and what an admin may want to change about it. */
  description: string
  /** It works from the start; otherwise it arrives as a draft. */
  isOn: boolean
  trigger: { eventName: string; transitions: WorkflowTransition[] }
  steps: WorkflowStep[]
}

/** How an app asks after a close, as the articles have it: a workflow listens for when a conversation closes. How long it waits is a setting of the app. */
export function askAfterClose(app: string): BroughtWorkflow {
  return {
    name: `${app}: ask after a close`,
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
  }
}
