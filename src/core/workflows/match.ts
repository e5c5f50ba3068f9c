import type { Database, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { announce } from '../../platform/live.ts'
import type { Log } from '../../platform/log.ts'
import type { ActionServices } from './actions/action.ts'
import { firstThatHolds, holds } from './conditions.ts'
import type { Documents } from './documents.ts'
import { mostRepeats, mostRunsOfObject } from './limits.ts'
import { progressOf, scopeOf } from './progress.ts'
import type { Scope } from './references.ts'
import {
  countRecent,
  findChains,
  findRun,
  findTriggers,
  findWaits,
  insertRuns,
  listSteps,
  lockRun,
  removeWait,
  saveRun,
  saveStep,
  takeInbox,
} from './run-store.ts'
import type { NewRun, WaitRow } from './run-store.ts'
import { tellOfRun } from './runs.ts'
import { triggerStep } from './schema.ts'
import type { RunError, WorkflowDocument } from './schema.ts'
import { chainTo, dueRuns, newRun } from './start.ts'
import { findWorkflows } from './store.ts'
import { triggerDataOf } from './trigger-data.ts'
import { namesVariables, readVariables } from './variables.ts'

/** Events that somebody listens for. */
export const workflowEvents: Backlog = {
  channel: 'tellback_workflows',
  findOrgs: 'orgs_with_workflow_events',
  lockKind: 9,
}

export interface MatchServices {
  database: Database
  documents: Documents
  actions: Pick<ActionServices, 'vault' | 'now'>
  log: Log
}

const eventsAtOnce = 200

type Event = Awaited<ReturnType<typeof takeInbox>>[number]

/** An event that a workflow's trigger holds for. */
interface Match {
  event: Event
  workflowId: Id
  version: number
  trigger: Record<string, unknown>
  next: string | undefined
  error: RunError | undefined
}

/** Makes the function that looks at the oldest events of an organisation, starts what listens for them, and returns how many there were. */
export function eventMatcher(services: MatchServices): (orgId: Id) => Promise<number> {
  return (orgId) => services.database.forOrg(orgId).write((tx) => matchEvents(tx, services))
}

async function matchEvents(tx: Tx, services: MatchServices): Promise<number> {
  const events = await takeInbox(tx, eventsAtOnce)
  if (events.length === 0) {
    return 0
  }
  const names = [...new Set(events.map((it) => it.event_name))]
  const data = await triggerDataOf(tx, events)
  const told = events.map((it) => ({ name: it.event_name, object_id: it.object_id }))
  const woken = await endWaits(tx, services, await findWaits(tx, told), events, data)
  const matches = await findMatches(tx, services, names, events, data)
  if (matches.length > 0) {
    const started = await startRuns(tx, matches, services.actions.now())
    await announce(tx, { names: ['tellback.workflow_run.create'], customers: [] })
    await wakeIf(tx, started || woken)
  } else {
    await wakeIf(tx, woken)
  }
  return events.length
}

async function wakeIf(tx: Tx, isWanted: boolean): Promise<void> {
  if (isWanted) {
    await wakeOnCommit(tx, dueRuns)
  }
}

async function findMatches(
  tx: Tx,
  services: MatchServices,
  names: string[],
  events: Event[],
  data: Record<string, unknown>[],
): Promise<Match[]> {
  const listening = new Map<
    string,
    { workflowId: Id; version: number; document: WorkflowDocument; variables: Record<string, unknown> }[]
  >()
  for (const { workflow_id: workflowId, version, event_name: name } of await findTriggers(tx, names)) {
    const document = await services.documents.read(tx, workflowId, version)
    if (document !== undefined) {
      const variables = namesVariables(document)
        ? (await readVariables(tx, services.actions.vault, workflowId)).shown
        : {}
      listening.set(name, [...(listening.get(name) ?? []), { workflowId, version, document, variables }])
    }
  }
  return events.flatMap((event, index) => {
    const trigger = data[index] ?? {}
    if (isImported(event, trigger)) {
      return []
    }
    return (listening.get(event.event_name) ?? []).flatMap(({ workflowId, version, document, variables }): Match[] => {
      const scope: Scope = { steps: { [triggerStep]: trigger }, variables, _env: { orgId: tx.orgId } }
      const found = { event, workflowId, version, trigger }
      try {
        const next = firstThatHolds(document.trigger.transitions, scope)?.target
        return next === undefined ? [] : [{ ...found, next, error: undefined }]
      } catch (error) {
        return [{ ...found, next: undefined, error: { message: (error as Error).message, step: triggerStep } }]
      }
    })
  })
}

/** What is brought in from elsewhere says so, and starts nothing (invariant 9). */
function isImported({ event_name: name }: Event, trigger: Record<string, unknown>): boolean {
  return name.endsWith('.create') && typeof trigger['importedAt'] === 'string'
}

/** Starts a run for each match, but those that would go round in a circle. Returns whether any is to be taken further. */
async function startRuns(tx: Tx, matches: Match[], now: Date): Promise<boolean> {
  const chains = await findChains(tx, [...new Set(matches.flatMap((it) => it.event.cause ?? []))])
  const pairs = new Map(
    matches.map((it) => [
      `${it.workflowId}/${it.event.object_id}`,
      { workflow_id: it.workflowId, object_id: it.event.object_id },
    ]),
  )
  const recent = await countRecent(tx, [...pairs.values()], now, mostRunsOfObject)
  const runs: NewRun[] = []
  for (const match of matches) {
    const { event, workflowId, version, trigger, next } = match
    const causes = chains.get(event.cause ?? '') ?? []
    const pair = `${workflowId}/${event.object_id}`
    const pace = recent.get(pair) ?? 0
    recent.set(pair, pace + 1)
    const why = match.error ?? (await whyCut(tx, workflowId, causes, pace))
    runs.push(
      newRun({
        workflow_id: workflowId,
        version,
        started_by: 'event',
        event_name: event.event_name,
        event_id: event.event_id,
        object_type: event.object_type,
        object_id: event.object_id,
        customer_id: event.customer_id,
        trigger,
        chain: chainTo(workflowId, causes),
        next_step: next ?? null,
        ...(why === undefined
          ? {}
          : { state: match.error === undefined ? 'stopped' : 'failed', error: why, due_at: null }),
      }),
    )
  }
  await insertRuns(tx, runs)
  for (const run of runs.filter((it) => it.due_at === null)) {
    const row = await findRun(tx, run.id)
    if (row !== undefined) {
      await tellOfRun(tx, row, now)
    }
  }
  return runs.some((it) => it.due_at !== null)
}

/** Why a run is not begun: what led to it began with the same workflow, again and again; undefined where nothing is wrong. */
async function whyCut(tx: Tx, workflowId: Id, causes: string[], pace: number): Promise<RunError | undefined> {
  if (causes.filter((it) => it === workflowId).length >= mostRepeats) {
    const circle = [...new Set(causes.slice(causes.indexOf(workflowId)))]
    const names = new Map((await findWorkflows(tx, circle)).map((it) => [it.id, it.name]))
    const said = circle.map((id) => `“${names.get(id) ?? id}”`)
    const message =
      said.length === 1
        ? `Stopped: ${said[0]} starts itself again and again.`
        : `Stopped: ${said.join(' and ')} start each other again and again.`
    return { message, code: 'loop' }
  }
  return pace >= mostRunsOfObject
    ? {
        message: `Stopped: it started ${mostRunsOfObject} times within a minute for one and the same object.`,
        code: 'loop',
      }
    : undefined
}

/** Gives what has happened to the runs that wait for it. Returns whether any goes on. */
async function endWaits(
  tx: Tx,
  services: MatchServices,
  waits: WaitRow[],
  events: Event[],
  data: Record<string, unknown>[],
): Promise<boolean> {
  let woken = false
  for (const wait of waits) {
    const index = await findAwaited(tx, services, wait, events, data)
    const run = index === undefined ? undefined : await lockRun(tx, wait.run_id)
    const waiting =
      run === undefined ? undefined : (await listSteps(tx, run.id)).findLast((row) => row.status === 'waiting')
    // Others may have ended the wait before the run was held.
    const isOurs = run?.state === 'waiting' && waiting !== undefined && (await removeWait(tx, run.id))
    if (index !== undefined && isOurs) {
      await saveStep(tx, { ...waiting, output: { timedOut: false, event: data[index] ?? null } })
      await saveRun(tx, { ...run, due_at: new Date() })
      woken = true
    }
  }
  return woken
}

async function findAwaited(
  tx: Tx,
  services: MatchServices,
  wait: WaitRow,
  events: Event[],
  data: Record<string, unknown>[],
): Promise<number | undefined> {
  const candidates = events.flatMap((event, index) =>
    event.event_name === wait.event_name && (wait.object_id ?? event.object_id) === event.object_id ? [index] : [],
  )
  if (candidates.length === 0 || wait.condition === null) {
    return candidates[0]
  }
  const run = await findRun(tx, wait.run_id)
  if (run === undefined) {
    return undefined
  }
  const progress = progressOf(run, await listSteps(tx, run.id))
  const { shown } = await readVariables(tx, services.actions.vault, run.workflow_id)
  const { condition } = wait
  return candidates.find((index) => {
    const steps = { ...progress.steps, [run.next_step ?? '']: { timedOut: false, event: data[index] } }
    try {
      return holds(condition, scopeOf({ ...progress, steps }, shown))
    } catch (error) {
      services.log.warn(
        { org: tx.orgId, run: run.id, reason: (error as Error).message },
        'the condition of a wait cannot be read',
      )
      return false
    }
  })
}
