import { isDeepStrictEqual } from 'node:util'

import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { checkRev } from '../../platform/http/conflict.ts'
import { ApiError, InvalidRequest, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import { nextTime, problemsOfWorkflow } from './check.ts'
import { cancelRunsOf } from './runs.ts'
import { isCallable, scheduleEvent, triggerStep } from './schema.ts'
import type { Problem, WorkflowDocument, WorkflowInput, WorkflowUpdate } from './schema.ts'
import {
  countWorkflows,
  findVersion,
  findWorkflow,
  insertVersion,
  insertWorkflow,
  listVariables,
  listVersions,
  lockWorkflow,
  saveTrigger,
  saveWorkflow,
} from './store.ts'
import type { VersionRow, WorkflowRow } from './store.ts'

export type { VersionRow, WorkflowRow } from './store.ts'
export { countRuns, findWorkflows, listVersions, listWorkflows } from './store.ts'

const mostWorkflows = 1_000

export async function getWorkflow(reader: Reader, id: Id): Promise<WorkflowRow> {
  const row = await findWorkflow(reader, id)
  if (row === undefined) {
    throw notFound('Workflow')
  }
  return row
}

export async function getVersion(reader: Reader, id: Id, version: number): Promise<VersionRow> {
  const row = await findVersion(reader, id, version)
  if (row === undefined) {
    throw notFound('Version', 'version')
  }
  return row
}

/** Where a workflow comes from when nobody here wrote it. */
export type Origin = Pick<WorkflowRow, 'installation_id' | 'origin_key' | 'origin_version' | 'origin_document'>

/** Writes a workflow as a draft, and publishes it where it is to be enabled. */
export async function createWorkflow(
  tx: Tx,
  by: Authorized<'workflow'>,
  input: WorkflowInput,
  origin?: Origin,
  id: Id = newId(),
): Promise<WorkflowRow> {
  if ((await countWorkflows(tx)) >= mostWorkflows) {
    throw new ApiError('unprocessable', `There are ${mostWorkflows} workflows already; remove one first.`)
  }
  const { enabled, ...given } = input
  const document = normalised(id, given)
  const now = new Date()
  await insertWorkflow(tx, {
    org_id: tx.orgId,
    id,
    name: document.name,
    enabled: false,
    draft: document,
    draft_rev: 1,
    problems: problemsOfWorkflow(document, []),
    version: null,
    system_disabled: false,
    disabled_reason: null,
    installation_id: null,
    origin_key: null,
    origin_version: null,
    origin_document: null,
    upgrade: null,
    next_at: null,
    told_at: null,
    created_by: by.userId,
    modified_by: by.userId,
    created_at: now,
    updated_at: now,
    deleted_at: null,
    ...origin,
  })
  await workflowEvent(tx, 'create', id, by)
  return enabled ? publish(tx, by, id, { enabled: true }) : getWorkflow(tx, id)
}

/** What is called by its own id in documents of the platform is so here, whatever id it had there. */
function normalised(
  id: Id,
  { enabled: _enabled, ...document }: WorkflowDocument & { enabled?: unknown },
): WorkflowDocument {
  const { trigger } = document
  const callable = isCallable(document)
  return {
    ...document,
    trigger: {
      ...trigger,
      id: triggerStep,
      ...(callable ? { callable: true, eventName: `kustomer.workflow.${id}.call` } : {}),
    },
  }
}

/** Changes a workflow: what is left out stays. What runs changes at once where it is enabled, as programs of the platform expect (facts 4.4). */
export async function updateWorkflow(
  tx: Tx,
  by: Authorized<'workflow'>,
  id: Id,
  { enabled, ...change }: WorkflowUpdate,
): Promise<WorkflowRow> {
  const row = await held(tx, id)
  const isWritten = Object.keys(change).length > 0
  if (isWritten) {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    await writeDraft(tx, by, row, { ...row.draft, ...given })
  }
  const isOn = enabled ?? row.enabled
  if (isOn && (isWritten || row.version === null)) {
    return publish(tx, by, id, { enabled: true })
  }
  return isOn === row.enabled ? getWorkflow(tx, id) : switchWorkflow(tx, by, id, isOn)
}

/** Keeps what is being written; nothing that runs changes. */
export async function saveDraft(
  tx: Tx,
  by: Authorized<'workflow'>,
  id: Id,
  { document, rev }: { document: WorkflowDocument; rev?: number | undefined },
): Promise<WorkflowRow> {
  const row = await held(tx, id)
  checkRev('workflow', rev, row.draft_rev)
  await writeDraft(tx, by, row, document)
  return getWorkflow(tx, id)
}

/** Takes the draft back to what is live. */
export async function discardDraft(tx: Tx, by: Authorized<'workflow'>, id: Id): Promise<WorkflowRow> {
  const row = await held(tx, id)
  if (row.version === null) {
    throw new ApiError('unprocessable', 'Nothing was published yet; there is nothing to go back to.')
  }
  await writeDraft(tx, by, row, (await getVersion(tx, id, row.version)).document)
  return getWorkflow(tx, id)
}

async function writeDraft(
  tx: Tx,
  by: Authorized<'workflow'>,
  row: WorkflowRow,
  given: WorkflowDocument,
): Promise<void> {
  const document = normalised(row.id, given)
  await saveWorkflow(tx, {
    ...row,
    draft: document,
    draft_rev: row.draft_rev + 1,
    // The name that people see is the live one, until there is one.
    name: row.version === null || !row.enabled ? document.name : row.name,
    problems: problemsOfWorkflow(document, await listVariables(tx, row.id)),
    modified_by: by.userId,
  })
  await workflowEvent(tx, 'update', row.id, by)
}

/** Makes the draft live. Throws 422 naming each problem that is left. */
export async function publish(
  tx: Tx,
  by: Authorized<'workflow'>,
  id: Id,
  { note, enabled }: { note?: string | undefined; enabled: boolean },
): Promise<WorkflowRow> {
  const row = await held(tx, id)
  const problems = problemsOfWorkflow(row.draft, await listVariables(tx, id))
  if (problems.length > 0) {
    throw new InvalidRequest(
      problems.map((it) => new ApiError('unprocessable', it.message, { pointer: pointerOf(row.draft, it) })),
    )
  }
  const [last] = await listVersions(tx, id, 1, undefined)
  const version = (last?.version ?? 0) + 1
  await insertVersion(tx, {
    workflow_id: id,
    version,
    document: row.draft,
    note: note ?? null,
    published_by: by.userId,
  })
  return setLive(tx, by, { ...row, version, problems: [], name: row.draft.name, enabled }, row.draft)
}

/** Publishes again what was live before, as a new version. */
export async function rollBack(tx: Tx, by: Authorized<'workflow'>, id: Id, version: number): Promise<WorkflowRow> {
  const row = await held(tx, id)
  const { document } = await getVersion(tx, id, version)
  await writeDraft(tx, by, row, document)
  return publish(tx, by, id, { note: `Back to version ${version}`, enabled: row.enabled })
}

/** Switches a workflow on or off. What is under way ends as it began. */
export async function switchWorkflow(tx: Tx, by: Authorized<'workflow'>, id: Id, on: boolean): Promise<WorkflowRow> {
  const row = await held(tx, id)
  if (row.version === null) {
    if (!on) {
      return row
    }
    throw new ApiError('unprocessable', 'Publish it first.')
  }
  const { document } = await getVersion(tx, id, row.version)
  return setLive(tx, by, { ...row, enabled: on, system_disabled: false, disabled_reason: null }, document)
}

/** Switches a workflow off because of something else than an admin's word; it comes back by itself. */
export async function suspendWorkflow(tx: Tx, by: Authorized<'workflow'>, id: Id, reason: string): Promise<void> {
  const row = await held(tx, id)
  if (row.enabled && row.version !== null) {
    const { document } = await getVersion(tx, id, row.version)
    await setLive(tx, by, { ...row, enabled: false, system_disabled: true, disabled_reason: reason }, document)
  }
}

async function setLive(
  tx: Tx,
  by: Authorized<'workflow'>,
  row: WorkflowRow,
  document: WorkflowDocument,
): Promise<WorkflowRow> {
  const { trigger } = document
  const listens = row.enabled && row.version !== null && trigger.eventName !== scheduleEvent && !isCallable(document)
  await saveTrigger(tx, row.id, listens ? { eventName: trigger.eventName, version: row.version ?? 0 } : undefined)
  const isTimed = row.enabled && trigger.eventName === scheduleEvent && trigger.schedule !== undefined
  const nextAt = isTimed && trigger.schedule !== undefined ? nextTime(trigger.schedule, new Date()) : undefined
  await saveWorkflow(tx, { ...row, next_at: nextAt ?? null, modified_by: by.userId })
  await workflowEvent(tx, 'update', row.id, by)
  return getWorkflow(tx, row.id)
}

/** Removes a workflow; what of it is under way ends where it is. */
export async function deleteWorkflow(tx: Tx, by: Authorized<'workflow'>, id: Id): Promise<void> {
  const row = await held(tx, id)
  await saveTrigger(tx, id, undefined)
  await saveWorkflow(tx, { ...row, enabled: false, next_at: null, deleted_at: new Date(), modified_by: by.userId })
  await cancelRunsOf(tx, id)
  await workflowEvent(tx, 'delete', id, by)
}

/** Takes what the app brings now in place of what was changed here, as a draft; or keeps what is here for good. */
export async function resolveUpgrade(tx: Tx, by: Authorized<'workflow'>, id: Id, take: boolean): Promise<WorkflowRow> {
  const row = await held(tx, id)
  if (row.upgrade === null) {
    throw new ApiError('unprocessable', 'The app brings nothing new for this workflow.')
  }
  const { document, appVersion } = row.upgrade
  const settled = { ...row, origin_document: document, origin_version: appVersion, upgrade: null }
  if (take) {
    await writeDraft(tx, by, settled, document)
  } else {
    await saveWorkflow(tx, settled)
    await workflowEvent(tx, 'update', id, by)
  }
  return getWorkflow(tx, id)
}

/** Whether the draft is something else than what is live. */
export function isChanged(row: WorkflowRow, live: WorkflowDocument | undefined): boolean {
  return live === undefined || !isDeepStrictEqual(row.draft, live)
}

function pointerOf(document: WorkflowDocument, { step, field }: Problem): string {
  const place = field === null ? '' : `/${field.replaceAll('.', '/')}`
  const index = document.steps.findIndex((it) => it.id === step)
  return index === -1 ? `/trigger${place}` : `/steps/${index}${place}`
}

async function held(tx: Tx, id: Id): Promise<WorkflowRow> {
  const row = await lockWorkflow(tx, id)
  if (row === undefined) {
    throw notFound('Workflow')
  }
  return row
}

export async function workflowEvent(
  tx: Tx,
  verb: 'create' | 'update' | 'delete',
  id: Id,
  by?: { userId: Id },
): Promise<void> {
  await recordEvents(tx, [
    {
      name: `tellback.workflow.${verb}`,
      objectType: 'workflow',
      objectId: id,
      ...(by === undefined ? {} : { data: { by: by.userId } }),
    },
  ])
}
