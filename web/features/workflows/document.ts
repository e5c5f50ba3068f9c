import { triggerStep } from '../../../src/core/workflows/schema.ts'
import type { Step, Transition, WorkflowDocument } from '../../../src/core/workflows/schema.ts'

/** Where a step is added: after another one, into one of its lines, or as a way of its own. */
export interface Place {
  step: string
  kind: 'transitions' | 'errorCases'
  /** The line that the new step is put into. Without one it comes into the line that is always taken, or where there is none, at the end. */
  index?: number | undefined
  /** A new way beside those that there are, with a condition that is still to be filled in. */
  isBranch?: boolean | undefined
}

/** A line of the canvas. */
export interface Line {
  from: string
  to: string
  kind: 'transitions' | 'errorCases'
  index: number
  label: string | undefined
}

/** The transitions of the trigger or of a step. */
export function transitionsOf(document: WorkflowDocument, { step, kind }: Pick<Place, 'step' | 'kind'>): Transition[] {
  if (step === triggerStep) {
    return kind === 'transitions' ? document.trigger.transitions : []
  }
  return document.steps.find((it) => it.id === step)?.[kind] ?? []
}

export function withTransitions(
  document: WorkflowDocument,
  { step, kind }: Pick<Place, 'step' | 'kind'>,
  transitions: Transition[],
): WorkflowDocument {
  if (step === triggerStep) {
    return { ...document, trigger: { ...document.trigger, transitions } }
  }
  return withStep(document, step, (it) => ({ ...it, [kind]: transitions }))
}

export function withStep(document: WorkflowDocument, id: string, change: (step: Step) => Step): WorkflowDocument {
  return { ...document, steps: document.steps.map((it) => (it.id === id ? change(it) : it)) }
}

const unwritten = { op: 'eq', values: ['', ''] }

/** Adds a step where somebody points; what came after that place comes after the step. Returns its id too. */
export function addStep(
  document: WorkflowDocument,
  place: Place,
  step: Pick<Step, 'action' | 'params'>,
): { document: WorkflowDocument; id: string } {
  const id = newStepId(document, step.action)
  const transitions = transitionsOf(document, place)
  // What comes after the line that is always taken would never be looked at.
  const always = transitions.findIndex((it) => it.condition === undefined)
  const index = place.isBranch === true ? -1 : (place.index ?? always)
  const into = transitions[index]
  const added: Step = {
    ...step,
    id,
    transitions: into === undefined ? [] : [{ target: into.target }],
    errorCases: [],
  }
  const changed =
    into !== undefined
      ? transitions.with(index, { ...into, target: id })
      : place.isBranch === true && transitions.length > 0
        ? transitions.toSpliced(always === -1 ? transitions.length : always, 0, { target: id, condition: unwritten })
        : [...transitions, { target: id }]
  const withAdded = { ...document, steps: [...document.steps, added] }
  return { document: withTransitions(withAdded, place, changed), id }
}

const firstWord = /[a-z]+(?=[^a-z]*$)/

/** A short id that says what the step does; what it is called by in references. */
function newStepId(document: WorkflowDocument, action: string | undefined): string {
  const word = firstWord.exec(action ?? '')?.[0] ?? 'branch'
  const taken = new Set([triggerStep, ...document.steps.map((it) => it.id)])
  let id = word
  for (let count = 2; taken.has(id); count++) {
    id = `${word}${count}`
  }
  return id
}

/** Takes a step out: whatever led to it leads on to what came first after it. */
export function removeStep(document: WorkflowDocument, id: string): WorkflowDocument {
  const next = document.steps.find((it) => it.id === id)?.transitions[0]?.target
  const mended = (transitions: Transition[]): Transition[] =>
    transitions.flatMap((it) =>
      it.target !== id ? [it] : next === undefined || next === id ? [] : [{ ...it, target: next }],
    )
  const steps = document.steps
    .filter((it) => it.id !== id)
    .map((it) => ({ ...it, transitions: mended(it.transitions), errorCases: mended(it.errorCases) }))
  return { ...document, steps, trigger: { ...document.trigger, transitions: mended(document.trigger.transitions) } }
}

/** Every line, in the order of the document. */
export function linesOf(document: WorkflowDocument): Line[] {
  const of = (from: string, kind: Line['kind']): Line[] =>
    transitionsOf(document, { step: from, kind }).map((it, index) => ({
      from,
      to: it.target,
      kind,
      index,
      label: it.meta?.name ?? (kind === 'errorCases' ? 'if it fails' : it.condition === undefined ? undefined : 'if …'),
    }))
  return [
    ...of(triggerStep, 'transitions'),
    ...document.steps.flatMap((it) => [...of(it.id, 'transitions'), ...of(it.id, 'errorCases')]),
  ]
}

/** The steps in the order in which a run can come to them, each once; those that nothing leads to are last. */
export function inOrder(document: WorkflowDocument): string[] {
  const seen = new Set<string>()
  const visit = (id: string) => {
    if (!seen.has(id) && (id === triggerStep || document.steps.some((it) => it.id === id))) {
      seen.add(id)
      lines.filter((it) => it.from === id).forEach((it) => visit(it.to))
    }
  }
  const lines = linesOf(document)
  visit(triggerStep)
  document.steps.forEach((it) => visit(it.id))
  return [...seen]
}

/** The steps that a run has passed when it comes to one: what its parameters can name. */
export function stepsBefore(document: WorkflowDocument, id: string): Step[] {
  const lines = linesOf(document)
  const before = new Set<string>()
  const visit = (of: string) => {
    for (const line of lines.filter((it) => it.to === of)) {
      if (!before.has(line.from) && line.from !== id) {
        before.add(line.from)
        visit(line.from)
      }
    }
  }
  visit(id)
  return inOrder(document).flatMap((it) =>
    before.has(it) ? (document.steps.find((step) => step.id === it) ?? []) : [],
  )
}

/** What one comes to with an arrow key. */
export function neighbour(
  document: WorkflowDocument,
  id: string,
  key: 'up' | 'down' | 'left' | 'right',
): string | undefined {
  const lines = linesOf(document)
  switch (key) {
    case 'down':
      return lines.find((it) => it.from === id)?.to
    case 'up':
      return lines.find((it) => it.to === id)?.from
    default: {
      const parent = lines.find((it) => it.to === id)?.from
      const row = [...new Set(lines.filter((it) => it.from === parent).map((it) => it.to))]
      return row[row.indexOf(id) + (key === 'right' ? 1 : -1)]
    }
  }
}
