import { ZodError } from 'zod'

import { databaseErrorCode } from '../../platform/db/database.ts'
import { ApiError, InvalidRequest } from '../../platform/http/errors.ts'
import { storable } from '../../platform/json.ts'
import type { JsonValue } from '../../platform/json.ts'
import { ActionFailed } from './actions/action.ts'
import type { Action } from './actions/action.ts'
import { castInput } from './cast.ts'
import { firstThatHolds } from './conditions.ts'
import { LimitReached, runLimits } from './limits.ts'
import { resolveValue } from './references.ts'
import type { Scope } from './references.ts'
import type { RunRow, StepRow } from './run-store.ts'
import { triggerStep } from './schema.ts'
import type { RunError, Step, WorkflowDocument } from './schema.ts'

/** A run with what its steps gave so far. Never changed: each step makes a new one. */
export interface Progress {
  run: RunRow
  steps: Record<string, unknown>
  /** What went wrong last. */
  error: RunError | undefined
}

const longestErrorBody = 20_000

/** What came of a step. */
export type Outcome = { kind: 'done'; output: unknown } | { kind: 'failed'; error: RunError; isLimit: boolean }

export type NewStep = Omit<StepRow, 'org_id' | 'at'>

/** Where a run stands, from what is stored of it. */
export function progressOf(run: RunRow, rows: readonly StepRow[]): Progress {
  const done = rows.filter((row) => row.status === 'done').map((row) => [row.step_id, row.output] as const)
  const error = rows.findLast((row) => row.status === 'failed')?.error
  return { run, steps: { [triggerStep]: run.trigger, ...Object.fromEntries(done) }, error: error ?? undefined }
}

export function scopeOf({ run, steps, error }: Progress, variables: Record<string, unknown>): Scope {
  return { steps, variables, _env: { orgId: run.org_id }, ...(error === undefined ? {} : { error }) }
}

/** The step that is next; undefined where the document has none of that name. */
export function nextStep(document: WorkflowDocument, { run }: Progress): Step | undefined {
  return document.steps.find((it) => it.id === run.next_step)
}

/** A step's parameters with everything filled in, as its action wants them; throws what is wrong with them. */
export function inputOf(action: Action, params: Record<string, unknown>, scope: Scope): unknown {
  // The condition of a wait is looked at when something happens, not before.
  const { condition, ...rest } = params
  const resolved = resolveValue(rest, scope) as Record<string, unknown>
  const whole =
    condition === undefined || action.kind !== 'wait'
      ? { ...resolved, ...(condition === undefined ? {} : { condition: resolveValue(condition, scope) }) }
      : { ...resolved, condition }
  return action.input.parse(castInput(action.input, whole))
}

/** Where a run goes from its trigger. */
export function leaveTrigger(
  document: WorkflowDocument,
  progress: Progress,
  variables: Record<string, unknown>,
): Progress {
  const next = firstThatHolds(document.trigger.transitions, scopeOf(progress, variables))
  return {
    ...progress,
    run: next === undefined ? ended(progress.run, 'done') : { ...progress.run, next_step: next.target },
  }
}

/** As the database can keep it: what came from elsewhere may hold characters that it cannot. */
function kept(value: unknown): unknown {
  return value === undefined || value === null ? null : storable(value as JsonValue)
}

/** Notes how a step went and where the run goes from it. */
export function settle(
  progress: Progress,
  step: Step,
  outcome: Outcome,
  { input, ms, variables }: { input: unknown; ms: number; variables: Record<string, unknown> },
): { progress: Progress; row: NewStep } {
  const before = progress.run
  const base = {
    ...before,
    steps_taken: before.steps_taken + 1,
    active_ms: before.active_ms + ms,
    attempts: 0,
    state: 'ready' as const,
  }
  const row = {
    run_id: before.id,
    seq: before.steps_taken + 1,
    step_id: step.id,
    action: step.action ?? null,
    input: kept(input),
    attempts: before.attempts + 1,
    ms,
  }
  let given = outcome
  if (given.kind === 'done') {
    const size = JSON.stringify(given.output ?? null).length
    if (size > runLimits.output) {
      given = failure(
        new LimitReached(`The step gave ${size} characters; more than ${runLimits.output} are not kept.`),
        step,
      )
    } else {
      base.data_size += size
      const output = kept(given.output)
      const after = { ...progress, run: base, steps: { ...progress.steps, [step.id]: output } }
      try {
        const next = firstThatHolds(step.transitions, scopeOf(after, variables))?.target
        const run = next === undefined ? ended(base, 'done') : { ...base, next_step: next }
        return {
          progress: { ...after, run },
          row: { ...row, status: 'done', output, error: null, next_step: next ?? null },
        }
      } catch (error) {
        given = failure(error, step)
      }
    }
  }
  const { isLimit } = given
  const error = kept(given.error) as RunError
  const failedRow = { ...row, status: 'failed' as const, output: null, error }
  const after = { ...progress, run: base, error }
  let next: string | undefined
  try {
    next = isLimit ? undefined : firstThatHolds(step.errorCases, scopeOf(after, variables))?.target
  } catch {
    next = undefined
  }
  const run = next === undefined ? ended(base, isLimit ? 'stopped' : 'failed', error) : { ...base, next_step: next }
  return { progress: { ...after, run }, row: { ...failedRow, next_step: next ?? null } }
}

export function ended(run: RunRow, state: 'done' | 'failed' | 'stopped', error?: RunError): RunRow {
  return {
    ...run,
    state,
    error: error ?? null,
    due_at: null,
    ended_at: new Date(),
    next_step: state === 'failed' ? run.next_step : null,
  }
}

/** Why a run goes no further, whatever is next; undefined while it may. */
export function limitReached({ run }: Progress, now: Date): string | undefined {
  if (run.steps_taken >= runLimits.steps) {
    return `Stopped after ${runLimits.steps} steps: it seems to go round in a circle.`
  }
  if (run.active_ms > runLimits.activeMs) {
    return `Stopped after ${runLimits.activeMs / 60_000} minutes of work.`
  }
  if (run.data_size > runLimits.data) {
    return `Stopped: its steps gave more than ${runLimits.data} characters.`
  }
  const days = (now.getTime() - run.created_at.getTime()) / 86_400_000
  return days > runLimits.days ? `Stopped after ${runLimits.days} days.` : undefined
}

/** Turns what was thrown into what error cases can look at. What is not meant for people is said in general. */
export function failure(thrown: unknown, step: Step): Extract<Outcome, { kind: 'failed' }> {
  const place = { step: step.id }
  if (thrown instanceof LimitReached) {
    return { kind: 'failed', isLimit: true, error: { ...place, message: thrown.message, code: 'limit' } }
  }
  if (thrown instanceof ActionFailed) {
    const { status, code, body: said } = thrown.details
    const body = JSON.stringify(said ?? null).length > longestErrorBody ? undefined : said
    return {
      kind: 'failed',
      isLimit: false,
      error: {
        ...place,
        message: thrown.message,
        ...(status === undefined ? {} : { status }),
        ...(code === undefined ? {} : { code }),
        ...(body === undefined ? {} : { body }),
      },
    }
  }
  if (thrown instanceof ApiError) {
    return {
      kind: 'failed',
      isLimit: false,
      error: { ...place, message: thrown.message, code: thrown.code, status: thrown.status },
    }
  }
  if (thrown instanceof InvalidRequest) {
    const [first] = thrown.problems
    return {
      kind: 'failed',
      isLimit: false,
      error: { ...place, message: thrown.message, code: first?.code ?? 'badparam', status: first?.status ?? 400 },
    }
  }
  if (thrown instanceof ZodError) {
    const said = thrown.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'the step'}: ${issue.message}`)
    return {
      kind: 'failed',
      isLimit: false,
      error: { ...place, message: said.join('; '), code: 'badparam', status: 400 },
    }
  }
  const code = databaseErrorCode(thrown)
  const isOurs =
    code === undefined && thrown instanceof Error && !(thrown instanceof TypeError) && !(thrown instanceof RangeError)
  return {
    kind: 'failed',
    isLimit: false,
    error: {
      ...place,
      message: isOurs ? thrown.message : 'Something went wrong here; the server log has the reason.',
      code: isOurs ? 'badparam' : 'internal',
    },
  }
}

/** Whether a failure is none of the document's or of the world's, so that the log has to say more. */
export function isUnexpected({ error }: Extract<Outcome, { kind: 'failed' }>): boolean {
  return error.code === 'internal'
}
