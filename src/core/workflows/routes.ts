import { z } from 'zod'

import type { Reader } from '../../platform/db/database.ts'
import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery, resource } from '../../platform/http/envelope.ts'
import { findInstallations } from '../apps/apps.ts'
import { actionList } from './actions/actions.ts'
import { jsonSchemaOf } from './cast.ts'
import { operatorList } from './conditions.ts'
import { dryRun } from './dry-run.ts'
import type { InsideServices } from './inside.ts'
import { pastEvents } from './past-events.ts'
import { readyMade } from './ready-made.ts'
import {
  CallInput,
  Catalogue,
  DraftUpdate,
  DryRunResult,
  PastEvent,
  PublishInput,
  RollBackInput,
  UpgradeAttributes,
  VariableAttributes,
  VariableInput,
  VariableUpdate,
  VersionAttributes,
  WorkflowAttributes,
  WorkflowDocument,
  WorkflowDryRunInput,
  WorkflowInput,
  WorkflowUpdate,
} from './schema.ts'
import { showVariable, showVersion, showWorkflow } from './show.ts'
import { startCall } from './start.ts'
import { findVersion } from './store.ts'
import { listTriggerEvents } from './trigger-events.ts'
import { createVariable, deleteVariable, getVariable, updateVariable, variablesOf } from './variables.ts'
import {
  countRuns,
  createWorkflow,
  deleteWorkflow,
  discardDraft,
  getWorkflow,
  listVersions,
  listWorkflows,
  publish,
  resolveUpgrade,
  rollBack,
  saveDraft,
  updateWorkflow,
} from './workflows.ts'
import type { WorkflowRow } from './workflows.ts'

const tag = 'Workflows'
const path = '/v1/workflows'
const byId = z.object({ id: z.string().max(64) })
const reply = document(WorkflowAttributes)

/** The roles are the platform's (facts 4.4). */
export const workflowAccess = (verb: 'read' | 'create' | 'update' | 'delete') =>
  only('workflow', 'org.admin.workflow.write', `org.permission.workflow.${verb}`)

const countedDays = 7
const dayMs = 86_400_000

/** Shows workflows with a fixed number of queries beside their live versions. */
async function showAll(reader: Reader, rows: WorkflowRow[]) {
  const ids = rows.map((it) => it.id)
  const runs = await countRuns(reader, ids, new Date(Date.now() - countedDays * dayMs))
  const installations = [...new Set(rows.flatMap((it) => it.installation_id ?? []))]
  const apps = new Map((await findInstallations(reader, installations)).map((it) => [it.id, it.name]))
  const shown = []
  for (const row of rows) {
    const live = row.version === null ? undefined : (await findVersion(reader, row.id, row.version))?.document
    shown.push(showWorkflow(row, live, runs.get(row.id), apps.get(row.installation_id ?? '') ?? null))
  }
  return shown
}

async function showOne(reader: Reader, row: WorkflowRow) {
  const [data] = await showAll(reader, [row])
  if (data === undefined) {
    throw new Error('a workflow cannot be shown')
  }
  return { data }
}

export function workflowsRoutes(services: InsideServices): Endpoint[] {
  const { vault } = services.actions
  const change = { tag, access: workflowAccess('update'), params: byId, status: 200, reply } as const
  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'List workflows by name',
      access: workflowAccess('read'),
      query: PageQuery,
      status: 200,
      reply: page(WorkflowAttributes),
      handle: ({ db, query }) =>
        db.read(async (reader) => {
          const rows = await listWorkflows(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)
          return pageOf(path, query, await showAll(reader, rows))
        }),
    }),
    endpoint({
      method: 'POST',
      path,
      tag,
      summary: 'Create or import a workflow; it stays a draft unless `enabled`',
      access: workflowAccess('create'),
      body: WorkflowInput,
      status: 201,
      reply,
      handle: ({ db, by, body }) => db.write(async (tx) => showOne(tx, await createWorkflow(tx, by, body))),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/catalogue`,
      tag,
      summary: 'Read what workflows can be made of: events, actions with their fields, operators, ready templates',
      access: workflowAccess('read'),
      status: 200,
      reply: z.object({ data: Catalogue }),
      handle: ({ db }) =>
        db.read(async (reader) => ({
          data: {
            events: await listTriggerEvents(reader),
            actions: actionList.map(({ name, title, description, group, input, main, output }) => ({
              name,
              title,
              description,
              group,
              input: jsonSchemaOf(input),
              main: [...main],
              output: [...output],
            })),
            operators: operatorList,
            readyMade: readyMade.map((it) => ({ ...it, document: WorkflowDocument.parse(it.document) })),
          },
        })),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id`,
      tag,
      summary: 'Read a workflow',
      access: workflowAccess('read'),
      params: byId,
      status: 200,
      reply,
      handle: ({ db, params }) => db.read(async (reader) => showOne(reader, await getWorkflow(reader, params.id))),
    }),
    endpoint({
      ...change,
      method: 'PUT',
      path: `${path}/:id`,
      summary: 'Change a workflow, or switch it on or off: what the body leaves out stays',
      body: WorkflowUpdate,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => showOne(tx, await updateWorkflow(tx, by, params.id, body))),
    }),
    endpoint({
      method: 'DELETE',
      path: `${path}/:id`,
      tag,
      summary: 'Remove a workflow; what of it is under way ends where it is',
      access: workflowAccess('delete'),
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => db.write((tx) => deleteWorkflow(tx, by, params.id)),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id/draft`,
      tag,
      summary: 'Read what is being written',
      access: workflowAccess('read'),
      params: byId,
      status: 200,
      reply: z.object({ data: z.object({ document: WorkflowDocument, rev: z.number() }) }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const row = await getWorkflow(reader, params.id)
          return { data: { document: row.draft, rev: row.draft_rev } }
        }),
    }),
    endpoint({
      ...change,
      method: 'PUT',
      path: `${path}/:id/draft`,
      summary: 'Keep what is being written; what runs stays as it is',
      body: DraftUpdate,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => showOne(tx, await saveDraft(tx, by, params.id, body))),
    }),
    endpoint({
      ...change,
      method: 'DELETE',
      path: `${path}/:id/draft`,
      summary: 'Take the draft back to what is live',
      handle: ({ db, by, params }) => db.write(async (tx) => showOne(tx, await discardDraft(tx, by, params.id))),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id/versions`,
      tag,
      summary: 'List what was published, the newest first',
      access: workflowAccess('read'),
      params: byId,
      query: z.object({ before: z.coerce.number().int().optional() }),
      status: 200,
      reply: z.object({ data: z.array(resource(VersionAttributes)) }),
      handle: ({ db, params, query }) =>
        db.read(async (reader) => {
          const { id } = await getWorkflow(reader, params.id)
          return { data: (await listVersions(reader, id, 50, query.before)).map(showVersion) }
        }),
    }),
    endpoint({
      ...change,
      method: 'POST',
      path: `${path}/:id/publications`,
      summary: 'Publish the draft',
      body: PublishInput,
      handle: ({ db, by, params, body }) => db.write(async (tx) => showOne(tx, await publish(tx, by, params.id, body))),
    }),
    endpoint({
      ...change,
      method: 'POST',
      path: `${path}/:id/roll-backs`,
      summary: 'Publish an earlier version again',
      body: RollBackInput,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => showOne(tx, await rollBack(tx, by, params.id, body.version))),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id/upgrade`,
      tag,
      summary: 'Read what the app brings now for a workflow that was changed here',
      access: workflowAccess('read'),
      params: byId,
      status: 200,
      reply: z.object({ data: UpgradeAttributes.nullable() }),
      handle: ({ db, params }) => db.read(async (reader) => ({ data: (await getWorkflow(reader, params.id)).upgrade })),
    }),
    endpoint({
      ...change,
      method: 'POST',
      path: `${path}/:id/upgrade`,
      summary: 'Take what the app brings now as the draft, or keep what is here',
      body: z.strictObject({ take: z.boolean() }),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => showOne(tx, await resolveUpgrade(tx, by, params.id, body.take))),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id/past-events`,
      tag,
      summary: 'List what happened lately that the draft would have listened for',
      access: workflowAccess('read'),
      params: byId,
      query: z.object({ event: z.string().max(255).optional().describe('Another event than the draft’s.') }),
      status: 200,
      reply: z.object({ data: z.array(PastEvent) }),
      handle: async ({ db, params, query }) => {
        const row = await db.read((reader) => getWorkflow(reader, params.id))
        return { data: await pastEvents(db, query.event ?? row.draft.trigger.eventName) }
      },
    }),
    endpoint({
      method: 'POST',
      path: `${path}/:id/dry-runs`,
      tag,
      summary: 'Try the draft on something that happened: shows what it would do and does none of it',
      access: workflowAccess('update'),
      params: byId,
      body: WorkflowDryRunInput,
      status: 200,
      reply: z.object({ data: DryRunResult }),
      handle: async ({ db, params, body }) => ({ data: await dryRun(db, services, params.id, body) }),
    }),
    endpoint({
      method: 'POST',
      path: `${path}/:id/calls`,
      tag,
      summary: 'Start a workflow that can be called',
      access: workflowAccess('update'),
      params: byId,
      body: CallInput,
      status: 202,
      reply: z.object({ data: z.object({ type: z.string(), id: z.string() }) }),
      handle: ({ db, params, body }) =>
        db.write(async (tx) => {
          const { id } = await getWorkflow(tx, params.id)
          return { data: { type: 'workflow_run', id: await startCall(tx, id, body.inputs, new Date()) } }
        }),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id/variables`,
      tag,
      summary: 'List the variables of a workflow; secrets are not shown',
      access: workflowAccess('read'),
      params: byId,
      status: 200,
      reply: z.object({ data: z.array(resource(VariableAttributes)) }),
      handle: ({ db, params }) =>
        db.read(async (reader) => ({ data: (await variablesOf(reader, params.id)).map(showVariable) })),
    }),
    endpoint({
      method: 'POST',
      path: `${path}/:id/variables`,
      tag,
      summary: 'Add a variable or a secret to a workflow',
      access: workflowAccess('update'),
      params: byId,
      body: VariableInput,
      status: 201,
      reply: document(VariableAttributes),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showVariable(await createVariable(tx, vault, by, params.id, body)) })),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/workflow-variables/:id',
      tag,
      summary: 'Read a variable',
      access: workflowAccess('read'),
      params: byId,
      status: 200,
      reply: document(VariableAttributes),
      handle: ({ db, params }) =>
        db.read(async (reader) => ({ data: showVariable(await getVariable(reader, params.id)) })),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/workflow-variables/:id',
      tag,
      summary: 'Change a variable',
      access: workflowAccess('update'),
      params: byId,
      body: VariableUpdate,
      status: 200,
      reply: document(VariableAttributes),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showVariable(await updateVariable(tx, vault, by, params.id, body)) })),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/workflow-variables/:id',
      tag,
      summary: 'Remove a variable',
      access: workflowAccess('update'),
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => db.write((tx) => deleteVariable(tx, by, params.id)),
    }),
  ]
}
