import { isDeepStrictEqual } from 'node:util'

import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import { authorize, everybody } from '../../platform/http/access.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { BroughtWorkflow } from '../../sdk/index.ts'
import { listInstallations, renewInstallation } from '../apps/apps.ts'
import type { AppServices, BroughtWorkflows, InstallationRow } from '../apps/apps.ts'
import type { App } from '../apps/catalog.ts'
import { declareAttributes } from '../metadata/metadata.ts'
import { findAdmins } from '../orgs/orgs.ts'
import { problemsOfWorkflow } from './check.ts'
import { followUp, followUpKey, outcomeAttribute } from './follow-up.ts'
import { machineOf } from './machine.ts'
import { WorkflowDocument } from './schema.ts'
import { findVersion, listWorkflowsOf, lockWorkflow, saveWorkflow, wasBrought } from './store.ts'
import type { WorkflowRow } from './store.ts'
import { createWorkflow, deleteWorkflow, publish, suspendWorkflow, switchWorkflow } from './workflows.ts'

const mostInstallations = 500
const offReason = 'The app is switched off.'

/** The workflows of apps: they arrive with an installation, stop while it is switched off, and leave with it. */
export function broughtWorkflows(): BroughtWorkflows {
  return {
    installed: async (tx, row, app, by) => {
      const allowed = authorize(by, everybody('workflow'))
      await bring(tx, row, app, app.integration.workflows ?? {}, allowed)
      if (app.integration.category === 'reviews' || app.integration.category === 'surveys') {
        await bringFollowUp(tx, allowed)
      }
    },
    switched: async (tx, installationId, on, by) => {
      for (const row of await listWorkflowsOf(tx, [installationId])) {
        if (row.deleted_at !== null) {
          continue
        }
        if (!on && row.enabled) {
          await suspendWorkflow(tx, authorize(by, everybody('workflow')), row.id, offReason)
        } else if (on && row.system_disabled) {
          await switchWorkflow(tx, authorize(by, everybody('workflow')), row.id, true)
        }
      }
    },
    removed: async (tx, installationId, by) => {
      for (const row of await listWorkflowsOf(tx, [installationId])) {
        if (row.deleted_at === null) {
          await deleteWorkflow(tx, authorize(by, everybody('workflow')), row.id)
        }
      }
    },
  }
}

/** One follow-up is enough for all apps: it comes with the first that has feedback, and is the organisation's from then on. */
async function bringFollowUp(tx: Tx, by: Authorized<'workflow'>): Promise<void> {
  if (await wasBrought(tx, followUpKey)) {
    return
  }
  await declareAttributes(tx, 'conversation', outcomeAttribute)
  const owner = by.userType === 'user' ? by.userId : (await findAdmins(tx))[0]
  const { isOn: enabled, ...given } = followUp(owner)
  const document = WorkflowDocument.parse(given)
  const origin = { installation_id: null, origin_key: followUpKey, origin_version: null, origin_document: document }
  await createWorkflow(tx, by, { ...document, enabled }, origin)
}

async function bring(
  tx: Tx,
  installation: InstallationRow,
  app: App,
  brought: Record<string, BroughtWorkflow>,
  by: Authorized<'workflow'>,
): Promise<void> {
  const present = new Map((await listWorkflowsOf(tx, [installation.id])).map((row) => [row.origin_key, row]))
  const ids = new Map(Object.keys(brought).map((key) => [key, present.get(key)?.id ?? newId()]))
  for (const [key, { isOn, ...given }] of Object.entries(brought)) {
    const named = { ...given, name: nameFor(given.name, installation, app) }
    const document = WorkflowDocument.parse(filledIn(named, installation.id, ids))
    const row = present.get(key)
    const version = app.integration.version
    if (row === undefined) {
      const origin = {
        installation_id: installation.id,
        origin_key: key,
        origin_version: version,
        origin_document: document,
      }
      // What cannot work here yet arrives as a draft, whose problems say what it lacks.
      const enabled = isOn && problemsOfWorkflow(document, []).length === 0
      await createWorkflow(tx, by, { ...document, enabled }, origin, ids.get(key))
    } else if (row.deleted_at === null) {
      await renew(tx, by, row, document, version)
    }
  }
}

/** A second installation of an app is told apart by its own name. */
function nameFor(name: string, installation: InstallationRow, { integration }: App): string {
  return installation.name === integration.name ? name : name.replace(integration.name, installation.name)
}

/** Ids that are known only now: the installation's, and for calls between the workflows of an app those of the workflows (facts 4.3). */
function filledIn(value: unknown, installationId: Id, ids: ReadonlyMap<string, Id>): unknown {
  if (value === '$installation') {
    return installationId
  }
  if (Array.isArray(value)) {
    return value.map((it) => filledIn(it, installationId, ids))
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, it]) => [
        name,
        name === 'workflowId' && typeof it === 'string' ? (ids.get(it) ?? it) : filledIn(it, installationId, ids),
      ]),
    )
  }
  return value
}

/** What nobody changed follows the app; what somebody changed stays, and what the app brings waits to be looked at. */
async function renew(
  tx: Tx,
  by: Authorized<'workflow'>,
  { id }: WorkflowRow,
  document: WorkflowDocument,
  appVersion: string,
): Promise<void> {
  const row = await lockWorkflow(tx, id)
  if (row === undefined) {
    return
  }
  const sameIds = {
    ...document,
    trigger: {
      ...document.trigger,
      eventName: document.trigger.callable === true ? row.draft.trigger.eventName : document.trigger.eventName,
    },
  }
  if (isDeepStrictEqual(row.origin_document, document)) {
    await saveWorkflow(tx, { ...row, origin_version: appVersion })
    return
  }
  const live = row.version === null ? undefined : (await findVersion(tx, id, row.version))?.document
  const isUntouched =
    isDeepStrictEqual(row.draft, row.origin_document) &&
    (live === undefined || isDeepStrictEqual(live, row.origin_document))
  if (!isUntouched) {
    await saveWorkflow(tx, { ...row, upgrade: { document: sameIds, appVersion } })
    return
  }
  await saveWorkflow(tx, {
    ...row,
    draft: sameIds,
    draft_rev: row.draft_rev + 1,
    origin_document: document,
    origin_version: appVersion,
  })
  if (row.version !== null) {
    await publish(tx, by, id, { note: `Brought by version ${appVersion}`, enabled: row.enabled })
  }
}

/** Brings every installation of the desk's own apps to the version that this desk has; called when the desk starts. */
export async function renewInstallations(database: Database, services: AppServices): Promise<void> {
  const current = Object.fromEntries(
    services.catalog.list().map(({ integration }) => [integration.id, integration.version]),
  )
  const { rows } = await database.pool.query<{ org_id: Id }>('select orgs_with_other_app_versions($1) as org_id', [
    JSON.stringify(current),
  ])
  for (const { org_id: orgId } of rows) {
    await database.forOrg(orgId).write(async (tx) => {
      const by: Actor = (await machineOf(tx)).actor
      for (const row of await listInstallations(tx, mostInstallations, 0)) {
        await renewInstallation(tx, services, row.id, by)
      }
    })
  }
}

const askAction = 'tellback.survey.ask'

/** The installations whose own workflow says when customers are asked after a close, and whether it is on. */
export async function asksByWorkflow(reader: Reader): Promise<Map<Id, { name: string; isOn: boolean }>> {
  const installations = await listInstallations(reader, mostInstallations, 0)
  const rows = await listWorkflowsOf(
    reader,
    installations.map((it) => it.id),
  )
  return new Map(
    rows.flatMap((row) => {
      const asks = row.origin_document?.steps.some((step) => step.action === askAction) === true
      return asks && row.installation_id !== null
        ? [[row.installation_id, { name: row.name, isOn: row.enabled }] as const]
        : []
    }),
  )
}
