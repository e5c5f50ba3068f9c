import { z } from 'zod'

import type { Reader } from '../../platform/db/database.ts'
import { may, only } from '../../platform/http/access.ts'
import { parseCursor, writeCursor } from '../../platform/http/cursor.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { CursorQuery, cursorPageOf, document, page, resource, withQuery } from '../../platform/http/envelope.ts'
import type { Id } from '../../platform/ids.ts'
import { findInstallations, getInstallation } from '../apps/apps.ts'
import type { InstallationRow } from '../apps/apps.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { dryRun } from './dry-run.ts'
import { findOptOut, getPolicy, optIn, optOut, updatePolicy } from './policies.ts'
import { findPoll } from './poll-store.ts'
import { findQuota } from './quota.ts'
import { cancelSurvey, getSurvey, listSurveyMoves, listSurveys, retrySurvey } from './requests.ts'
import type { SurveyRow } from './requests.ts'
import {
  DryRun,
  DryRunInput,
  OptOut,
  OptOutInput,
  SurveyFeed,
  SurveyFilter,
  SurveyMoveAttributes,
  SurveyPolicy,
  SurveyPolicyUpdate,
  SurveyRequestAttributes,
} from './schema.ts'
import { showSurvey, showSurveyMove } from './show.ts'
import { countScheduled } from './store.ts'

const tag = 'Surveys'
const path = '/v1/survey-requests'
const byId = z.object({ id: z.string().max(24) })
const read = may('read', 'survey', 'org.user.conversation.read', 'org.permission.conversation.read')
const write = may('update', 'survey')
const policyRead = only('survey_policy', 'org.user', 'org.admin', 'org.permission.survey.read')
const policyWrite = only('survey_policy', 'org.admin.survey.write', 'org.permission.survey_policy.update')
const policyReply = z.object({ data: z.object({ policy: SurveyPolicy, rev: z.number() }) })

export function surveysRoutes(services: ConnectionServices): Endpoint[] {
  async function show(reader: Reader, row: SurveyRow) {
    return { data: showSurvey(services, row, (await findInstallations(reader, [row.installation_id]))[0]) }
  }

  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'List survey requests: one for each close and provider, those not sent too; the newest closes first',
      access: read,
      query: CursorQuery.extend(SurveyFilter.shape),
      status: 200,
      reply: page(SurveyRequestAttributes),
      handle: ({ db, query: { after, pageSize, ...filter } }) =>
        db.read(async (reader) => {
          const rows = await listSurveys(reader, filter, pageSize + 1, parseCursor(after))
          const used: Id[] = [...new Set(rows.map((row) => row.installation_id))]
          const installations = new Map<Id, InstallationRow>(
            (await findInstallations(reader, used)).map((it) => [it.id, it]),
          )
          return cursorPageOf(
            withQuery(path, filter),
            { after, pageSize },
            rows,
            (row) => showSurvey(services, row, installations.get(row.installation_id)),
            (row) => writeCursor(row.closed_at, row.id),
          )
        }),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id`,
      tag,
      summary: 'Read one survey request with the rules that decided about it',
      access: read,
      params: byId,
      status: 200,
      reply: document(SurveyRequestAttributes),
      handle: ({ db, params }) => db.read(async (reader) => show(reader, await getSurvey(reader, params.id))),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id/history`,
      tag,
      summary: 'List every state that a survey request was in, the newest first',
      access: read,
      params: byId,
      status: 200,
      reply: z.object({ data: z.array(resource(SurveyMoveAttributes)) }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const { id } = await getSurvey(reader, params.id)
          return { data: (await listSurveyMoves(reader, id)).map(showSurveyMove) }
        }),
    }),
    endpoint({
      method: 'POST',
      path: `${path}/:id/cancellation`,
      tag,
      summary: 'Keep a scheduled survey from going out',
      access: write,
      params: byId,
      status: 200,
      reply: document(SurveyRequestAttributes),
      handle: ({ db, by, params }) =>
        db.write(async (tx) => show(tx, await cancelSurvey(tx, by, params.id, new Date()))),
    }),
    endpoint({
      method: 'POST',
      path: `${path}/:id/attempts`,
      tag,
      summary: 'Ask the provider again about a request that failed',
      access: write,
      params: byId,
      status: 202,
      reply: document(SurveyRequestAttributes),
      handle: ({ db, by, params }) =>
        db.write(async (tx) => show(tx, await retrySurvey(tx, by, params.id, new Date()))),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/survey-policy',
      tag,
      summary: 'Read whom all providers together may ask',
      access: policyRead,
      status: 200,
      reply: policyReply,
      handle: ({ db }) => db.read(async (reader) => ({ data: await getPolicy(reader) })),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/survey-policy',
      tag,
      summary: 'Say whom all providers together may ask; it counts for what is not yet due too',
      access: policyWrite,
      body: SurveyPolicyUpdate,
      status: 200,
      reply: policyReply,
      handle: ({ db, by, body }) => db.write(async (tx) => ({ data: await updatePolicy(tx, by, body) })),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/survey-policy/dry-run',
      tag,
      summary:
        'Say whom a policy would have asked about the closes of the last days, and why not the others; sends nothing',
      access: policyRead,
      body: DryRunInput,
      status: 200,
      reply: z.object({ data: DryRun }),
      handle: ({ db, body }) =>
        db.read(async (reader) => {
          const policy = body.policy ?? (await getPolicy(reader)).policy
          return { data: await dryRun(reader, services, policy, body.days, new Date()) }
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/apps/installations/:id/surveys',
      tag,
      summary: 'Read how asking and reading answers goes for an installation: the quota, the last look, what waits',
      access: only('apps', 'org.user.apps.read', 'org.admin.apps.read', 'org.permission.apps.read'),
      params: byId,
      status: 200,
      reply: z.object({ data: SurveyFeed }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const { id } = await getInstallation(reader, params.id)
          const poll = await findPoll(reader, id)
          return {
            data: {
              polledAt: poll?.polled_at?.toISOString() ?? null,
              nextAt: poll?.next_at.toISOString() ?? null,
              reason: poll?.reason ?? null,
              registeredAt: poll?.registered_at?.toISOString() ?? null,
              unreachable: poll?.unreachable ?? null,
              quota: await findQuota(reader, id),
              scheduled: await countScheduled(reader, id),
            },
          }
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/customers/:id/survey-opt-out',
      tag,
      summary: 'Read whether a customer is not to be asked, and why',
      access: may('read', 'customer'),
      params: byId,
      status: 200,
      reply: z.object({ data: OptOut }),
      handle: ({ db, params }) => db.read((reader) => optOutOf(reader, params.id)),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/customers/:id/survey-opt-out',
      tag,
      summary: 'Have nobody ask a customer any more',
      access: may('update', 'customer'),
      params: byId,
      body: OptOutInput,
      status: 200,
      reply: z.object({ data: OptOut }),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => {
          await optOut(tx, by, params.id, body.reason)
          return optOutOf(tx, params.id)
        }),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/customers/:id/survey-opt-out',
      tag,
      summary: 'Let a customer be asked again',
      access: may('update', 'customer'),
      params: byId,
      status: 200,
      reply: z.object({ data: OptOut }),
      handle: ({ db, by, params }) =>
        db.write(async (tx) => {
          await optIn(tx, by, params.id)
          return optOutOf(tx, params.id)
        }),
    }),
  ]
}

async function optOutOf(reader: Reader, customerId: Id) {
  const row = await findOptOut(reader, customerId)
  return {
    data: { optedOut: row !== undefined, reason: row?.reason ?? null, at: row?.created_at.toISOString() ?? null },
  }
}
