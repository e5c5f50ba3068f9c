import { z } from 'zod'

import type { Vault } from '../../platform/crypto.ts'
import type { Database, OrgDb } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import { newId } from '../../platform/ids.ts'
import type { Task } from '../../platform/jobs/task.ts'
import { findInstallationsOf } from '../apps/apps.ts'
import { findNewest, tokenFor } from './app-definitions.ts'
import { lifecycleTaskName } from './published.ts'
import type { CommandRun } from './schema.ts'
import { findRegistration } from './store.ts'

export interface CallServices {
  database: Database
  vault: Vault
  outbound: Outbound
}

const Payload = z.object({
  orgId: z.string(),
  installationId: z.string(),
  app: z.string(),
  event: z.enum(['installed', 'enabled', 'disabled']),
  userId: z.string(),
})

/** Tells an app that it was installed, enabled or disabled (facts 5.3); tried again until the app has heard it. */
export function lifecycleTask(services: CallServices): Task<z.infer<typeof Payload>> {
  return {
    name: lifecycleTaskName,
    payload: Payload,
    run: async ({ orgId, app, event, userId }) => {
      const known = await services.database.forOrg(orgId).read(async (reader) => ({
        definition: await findNewest(reader, app),
        registration: await findRegistration(reader, { app }),
      }))
      const url = known.definition?.definition.url ?? known.registration?.url ?? undefined
      if (url === undefined || url === null || known.registration === undefined) {
        return // an app without an address, or without credentials, cannot be told
      }
      const token = await tokenFor(services.vault, known.registration, known.definition?.version ?? '0.0.0')
      const { status } = await services.outbound.post(`${url.replace(/\/$/, '')}/${event}`, Buffer.from('{}'), {
        'content-type': 'application/json',
        'x-kustomer-app-token': token,
        'x-kustomer-org-id': orgId,
        'x-kustomer-user-id': userId,
      })
      if (status >= 400 && status !== 404) {
        throw new Error(`${app} answered ${status} to /${event}`)
      }
    },
  }
}

const longestAnswer = 256 * 1024
const ownHeader = /^(host|content-length|connection|transfer-encoding|x-kustomer-.*)$/i

/** Runs an app's command: calls its address as the definition says, and tells what was sent and what came back. */
export async function runCommand(services: CallServices, db: OrgDb, by: Actor, name: string, run: CommandRun) {
  const [app = '', command = ''] = name.split('.app.')
  const known = await db.read(async (reader) => ({
    row: await findNewest(reader, app),
    registration: await findRegistration(reader, { app }),
    installations: await findInstallationsOf(reader, app),
  }))
  const definition = known.row?.definition.commands.find((it) => it.name === command)
  if (known.row === undefined || definition === undefined || known.installations.length === 0) {
    throw notFound('Command', 'name')
  }
  if (known.installations.every((it) => it.status === 'disabled')) {
    throw new ApiError('unprocessable', 'The app is switched off.')
  }
  const url = filledUrl(definition.url, { ...run.args, ...run.urlArgs })
  const body = run.body ?? definition.defaultBody ?? run.args ?? {}
  const given = Object.fromEntries(Object.entries(run.headers ?? {}).filter(([header]) => !ownHeader.test(header)))
  const token =
    known.registration === undefined
      ? {}
      : { 'x-kustomer-app-token': await tokenFor(services.vault, known.registration, known.row.version) }
  const headers = {
    ...definition.defaultHeaders,
    ...given,
    ...token,
    'content-type': 'application/json',
    'x-kustomer-org-id': by.orgId,
    'x-kustomer-user-id': by.userId,
  }
  const answer = await services.outbound
    .call(definition.httpMethod.toUpperCase(), url, Buffer.from(JSON.stringify(body)), headers, longestAnswer)
    .catch((error: unknown) => ({ status: null, text: '', error: (error as Error).message }))
  return {
    commandId: newId(),
    args: run.args ?? null,
    url,
    requestHeaders: Object.fromEntries(Object.keys(headers).map((header) => [header, shownHeader(header, headers)])),
    requestBody: body,
    responseBody: parsed(answer.text),
    statusCode: answer.status,
    requestError: 'error' in answer ? answer.error : null,
  }
}

/** Tokens are sent, and never shown. */
function shownHeader(name: string, headers: Record<string, string>): string {
  return /token|authorization|cookie|secret|key/i.test(name) ? '********' : (headers[name] ?? '')
}

function filledUrl(url: string, values: Record<string, unknown>): string {
  return url.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => encodeURIComponent(textOf(values[name])))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
