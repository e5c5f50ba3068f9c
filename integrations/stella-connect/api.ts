import { createHmac } from 'node:crypto'

import { ProviderError } from '#sdk'
import type { Context, ProviderCall } from '#sdk'

import { Employees, Returns } from './schema.ts'
import type { Return, Settings } from './schema.ts'

export type Calling = Pick<Context<Settings>, 'http' | 'settings'>

async function send({ http, settings }: Calling, call: Omit<ProviderCall, 'host'>): Promise<unknown> {
  if (settings.stellaKey === undefined) {
    throw new ProviderError('rejected', 'Enter the API key in the settings of Stella Connect first.')
  }
  // Sent without "Bearer", as every client does; requests need the key alone (facts B1).
  const token = settings.stellaSecret === undefined ? {} : { authorization: tokenOf(settings.stellaSecret) }
  const headers = { 'x-api-key': settings.stellaKey, ...token }
  return (await http.send({ host: 'api', ...call, headers })).body
}

/** A JSON Web Token of this moment, HS256 with the account's secret (facts B1). */
export function tokenOf(secret: string, now = new Date()): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: Math.floor(now.getTime() / 1000) })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

export interface FeedbackRequest {
  customer: { name?: string; email: string }
  employee: { email: string }
  channel: string
  ext_interaction_id: string
  external_url: string
  tags: string[]
  brand?: string
  language?: string
  custom_properties: Record<string, string>
}

/** Answers with an echo that has no id: what joins is `ext_interaction_id` (facts B2). */
export async function createRequest(calling: Calling, request: FeedbackRequest): Promise<void> {
  await send(calling, { method: 'POST', path: '/v1/requests', json: request })
}

/** "Approved" is `active`: signed in, and the profile approved (facts B5). [inferred] */
export async function hasApprovedProfile(calling: Calling, email: string): Promise<boolean> {
  const query = { status: 'active', q: email, number_of_employees: 500 }
  const { employees } = Employees.parse(await send(calling, { method: 'GET', path: '/v2/employees', query }))
  return employees.some((it) => it.email?.toLowerCase() === email.toLowerCase())
}

/** Proves key and secret (facts B3). */
export async function readAnyEmployee(calling: Calling): Promise<void> {
  await send(calling, { method: 'GET', path: '/v2/employees', query: { number_of_employees: 1 } })
}

export const perPage = 1000

/** What is newer than a sequence id, the oldest first; an update gets a new one (facts B4.1). */
export async function listReturns(calling: Calling, after: string | undefined): Promise<Return[]> {
  const query = { after, limit: perPage }
  return Returns.parse(await send(calling, { method: 'GET', path: '/v2/data', query }))
}
