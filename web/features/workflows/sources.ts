import { triggerStep } from '../../../src/core/workflows/schema.ts'
import type { Catalogue, Step, WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { stepsBefore } from './document.ts'

/** Something that a field can take its value from. */
export interface Source {
  /** As it stands in the document, without the mark of a reference. */
  path: string
  label: string
  group: string
}

/** What a person calls a step. */
export function nameOfStep(step: Step, catalogue: Catalogue | undefined): string {
  return (
    step.meta?.displayName ?? catalogue?.actions.find((it) => it.name === step.action)?.title ?? step.action ?? 'Decide'
  )
}

/** What a person calls the trigger. */
export function nameOfTrigger({ trigger }: WorkflowDocument, catalogue: Catalogue | undefined): string {
  const isCalled = trigger.callable === true
  const event = catalogue?.events.find((it) => it.name === (isCalled ? 'kustomer.workflow.call' : trigger.eventName))
  return event?.title ?? (trigger.eventName === '' ? 'Choose what starts it' : trigger.eventName)
}

/** Everything that a step can refer to: what started the run, what the steps before it gave, variables. */
export function sourcesFor(
  document: WorkflowDocument,
  stepId: string,
  catalogue: Catalogue,
  variables: string[],
  attributes: Record<string, string[]>,
  withOwn = false,
): Source[] {
  const { trigger } = document
  const event = catalogue.events.find((it) => it.name === trigger.eventName)
  const custom = (attributes[event?.object ?? ''] ?? []).map((it) => `custom.${it}`)
  const inputs = Object.keys((trigger.schema?.['properties'] as object | undefined) ?? {})
  const triggerGroup = nameOfTrigger(document, catalogue)
  const steps = stepsBefore(document, stepId)
  const own = document.steps.find((it) => it.id === stepId)
  return [
    ...[...(event?.fields ?? []), ...custom, ...inputs].map((field) => ({
      path: `steps.${triggerStep}.${field}`,
      label: labelOf(field),
      group: triggerGroup,
    })),
    ...(withOwn && own !== undefined ? [...steps, own] : steps).flatMap((step) => {
      const action = catalogue.actions.find((it) => it.name === step.action)
      return (action?.output ?? []).map((field) => ({
        path: `steps.${step.id}.${field}`,
        label: labelOf(field),
        group: nameOfStep(step, catalogue),
      }))
    }),
    ...variables.map((name) => ({ path: `variables.${name}`, label: name, group: 'Variables' })),
  ]
}

const words: Record<string, string> = {
  id: 'id',
  'changes.attributes.status.after': 'status that it was changed to',
  'changes.attributes.tags.after': 'tags that it was changed to',
  'changes.attributes.priority.after': 'priority that it was changed to',
  'changes.attributes.assignedUsers.after': 'users that it was assigned to',
  'changes.attributes.assignedTeams.after': 'teams that it was assigned to',
  'attributes.data': 'what was posted',
  'response.statusCode': 'status of the answer',
  scaleMax: 'highest score possible',
}

function labelOf(field: string): string {
  const spoken = field
    .replace(/^custom\./, '')
    .replace(/\.0\./, ' first ')
    .replaceAll('.', ' › ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
  return words[field] ?? spoken.toLowerCase()
}

/** A reference in words: “Feedback came in › score”. */
export function inWords(path: string, sources: readonly Source[]): string {
  const known = sources.find((it) => it.path === path)
  return known === undefined ? path : `${known.group} › ${known.label}`
}
