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
