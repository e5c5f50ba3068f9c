import { Cron } from 'croner'

import type { Action } from './actions/action.ts'
import { findAction } from './actions/actions.ts'
import { restAction } from './actions/rest.ts'
import { castInput } from './cast.ts'
import { conditionProblems } from './conditions.ts'
import { functionNames, functionsIn, pathOf, pathRoots, pathsIn } from './references.ts'
import { isCallable, isReference, scheduleEvent, triggerStep } from './schema.ts'
import type { Problem, Schedule, Step, Transition, WorkflowDocument } from './schema.ts'
import { templateProblem } from './templates.ts'
import { isEventName } from './trigger-events.ts'

/** A variable that documents may name, by its id or its name. */
export interface NamedVariable {
  id: string
  name: string
  type: string
}

/** What keeps a workflow from being published, with its place; empty when nothing does. */
export function problemsOfWorkflow(document: WorkflowDocument, variables: readonly NamedVariable[]): Problem[] {
  const ids = new Set([triggerStep, ...document.steps.map((it) => it.id)])
  const names: Names = { ids, variables }
  return [
    ...problemsOfTrigger(document, names),
    ...document.steps.flatMap((step, index) => [
      ...(document.steps.findIndex((it) => it.id === step.id) === index
        ? []
        : [at(step.id, null, 'Another step has the same id.')]),
      ...problemsOfStep(step, names),
    ]),
  ]
}

interface Names {
  ids: ReadonlySet<string>
  variables: readonly NamedVariable[]
}

function at(step: string | null, field: string | null, message: string): Problem {
  return { step, field, message }
}

function problemsOfTrigger(document: WorkflowDocument, names: Names): Problem[] {
  const { trigger } = document
  const problems: Problem[] = []
  if (trigger.eventName === scheduleEvent) {
    const problem = scheduleProblem(trigger.schedule)
    if (problem !== undefined) {
      problems.push(at(triggerStep, 'schedule', problem))
    }
  } else if (!isCallable(document)) {
    if (trigger.eventName === '') {
      problems.push(at(triggerStep, 'eventName', 'Choose what starts it.'))
    } else if (!isEventName(trigger.eventName)) {
      problems.push(at(triggerStep, 'eventName', `Nothing here raises ${trigger.eventName}.`))
    }
  }
  if (trigger.transitions.length === 0) {
    problems.push(at(triggerStep, 'transitions', 'Add a first step.'))
  }
  return [...problems, ...problemsOfTransitions(triggerStep, 'transitions', trigger.transitions, names)]
}

/** Why a schedule cannot be kept; undefined when it can. */
export function scheduleProblem(schedule: Schedule | undefined): string | undefined {
  if (schedule === undefined) {
    return 'Say when.'
  }
  try {
    return nextTime(schedule, new Date()) === undefined ? 'This time never comes.' : undefined
  } catch (error) {
    return `The times cannot be read: ${(error as Error).message}`
  }
}

/** When a schedule starts it next, after `now`; undefined: never again. Throws for a schedule that cannot be read. */
export function nextTime({ cron, timeZone }: Schedule, now: Date): Date | undefined {
  const times = new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part' })
  return times.nextRun(now) ?? undefined
}

function problemsOfStep(step: Step, names: Names): Problem[] {
  const problems: Problem[] = []
  const action = step.action === undefined || step.action === '' ? undefined : findAction(step.action)
  if (action === undefined && step.action !== undefined && step.action !== '') {
    problems.push(at(step.id, 'action', `This desk has no action ${step.action}.`))
  }
  if (action === undefined && step.action === undefined && step.transitions.length === 0) {
    problems.push(at(step.id, 'transitions', 'A step without an action needs somewhere to go on.'))
  }
  return [
    ...problems,
    ...(action === undefined ? [] : problemsOfParams(step, action, names)),
    ...problemsOfTransitions(step.id, 'transitions', step.transitions, names),
    ...problemsOfTransitions(step.id, 'errorCases', step.errorCases, names),
  ]
}

function problemsOfParams(step: Step, action: Action, names: Names): Problem[] {
  const { shape } = action.input
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(step.params)) {
    const field = `params.${name}`
    const found = [...problemsOfNames(value, names), ...(step.action === restAction ? [] : secretsIn(value, names))]
    problems.push(...found.map((message) => at(step.id, field, message)))
    if (!Object.hasOwn(shape, name)) {
      problems.push(at(step.id, field, `${action.title} has no field ${name}.`))
    }
  }
  for (const [name, schema] of Object.entries(shape)) {
    const value = step.params[name]
    if (isFilledInLater(value)) {
      continue
    }
    const cast = (castInput(action.input, { [name]: value ?? undefined }) as Record<string, unknown>)[name]
    const checked = schema.safeParse(cast) as { success: boolean; error?: { issues: { message: string }[] } }
    if (!checked.success) {
      problems.push(
        at(
          step.id,
          `params.${name}`,
          value === undefined || value === '' || value === null
            ? 'Fill this in.'
            : (checked.error?.issues[0]?.message ?? 'is not right'),
        ),
      )
    }
  }
  return [
    ...problems,
    ...problemsBetween(step, action).filter((it) => !problems.some((other) => other.field === it.field)),
  ]
}

/** What fields demand of each other. */
function problemsBetween(step: Step, action: Action): Problem[] {
  const checked = action.input.safeParse(castInput(action.input, step.params))
  const rules = checked.success ? [] : checked.error.issues.filter((it) => it.code === 'custom')
  return rules.map((it) => at(step.id, `params.${String(it.path[0] ?? '')}`, it.message))
}

/** What only a run knows is checked then. */
function isFilledInLater(value: unknown): boolean {
  if (typeof value === 'string') {
    return isReference(value) || value.includes('{{')
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(isFilledInLater)
}

function problemsOfTransitions(
  step: string,
  field: string,
  transitions: readonly Transition[],
  names: Names,
): Problem[] {
  return transitions.flatMap((it, index) => {
    const place = `${field}.${index}`
    const condition = it.condition
    return [
      ...(names.ids.has(it.target) && it.target !== triggerStep
        ? []
        : [at(step, place, `There is no step ${it.target}.`)]),
      ...(condition === undefined
        ? []
        : [
            ...conditionProblems(condition),
            ...problemsOfNames(condition.values, names),
            ...secretsIn(condition.values, names),
          ].map((message) => at(step, place, message))),
    ]
  })
}

/** Names that lead nowhere, functions that there are none of, and templates that cannot be read. */
function problemsOfNames(value: unknown, { ids, variables }: Names): string[] {
  const names = pathsIn(value).flatMap((path) => {
    const [root = '', name = ''] = pathOf(path)
    if (!pathRoots.has(root)) {
      return path.includes('.') ? [`${path} begins with none of ${[...pathRoots].join(', ')}.`] : []
    }
    if (root === 'steps' && !ids.has(name)) {
      return [`There is no step ${name}, which ${path} names.`]
    }
    return root === 'variables' && !variables.some((it) => it.id === name || it.name === name)
      ? [`There is no variable ${name}.`]
      : []
  })
  const functions = functionsIn(value)
    .filter((it) => !functionNames.includes(it))
    .map((it) => `There is no function ${it}.`)
  return [...names, ...functions, ...textsOf(value).flatMap((it) => templateProblem(it) ?? [])]
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value]
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

/** A secret goes to another system alone: anywhere else somebody could read it. */
function secretsIn(value: unknown, { variables }: Names): string[] {
  const secrets = new Map(
    variables
      .filter((it) => it.type === 'secret')
      .flatMap((it) => [
        [it.id, it.name],
        [it.name, it.name],
      ]),
  )
  return pathsIn(value).flatMap((path) => {
    const [root, name = ''] = pathOf(path)
    const secret = root === 'variables' ? secrets.get(name) : undefined
    return secret === undefined ? [] : [`${secret} is a secret: only “Call an address” can use it.`]
  })
}
