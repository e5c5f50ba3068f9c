import { ProviderError } from '#sdk'
import type { Choice, Context, ProviderCall, Quota } from '#sdk'

import {
  Collector,
  Collectors,
  Me,
  Message,
  RecipientPage,
  Recipients,
  Response,
  ResponsePage,
  Sent,
  Stats,
  SurveyDetails,
  Surveys,
  Webhooks,
} from './schema.ts'
import type { Settings } from './schema.ts'

export type Calling = Pick<Context<Settings>, 'http' | 'settings'>

const notFound = 404
const conflict = 409

async function send({ http, settings }: Calling, call: Omit<ProviderCall, 'host'>): Promise<unknown> {
  if (settings.accessToken === undefined) {
    throw new ProviderError('rejected', 'Enter the access token in the settings of SurveyMonkey first.')
  }
  const headers = { authorization: `bearer ${settings.accessToken}` }
  return (await http.send({ host: settings.region, ...call, path: `/v3${call.path}`, headers })).body
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ProviderError && error.details.status === notFound) {
      return undefined
    }
    throw error
  }
}

/** The app's own quota, in each of its answers; `Reset` is in seconds (facts A1). */
export function quotaOf(headers: Readonly<Record<string, string>>, now: Date): Quota[] {
  return (['minute', 'day'] as const).flatMap((period) => {
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
      Number(headers[`x-ratelimit-app-global-${period}-${name}`] ?? Number.NaN),
    )
    return limit === undefined ||
      remaining === undefined ||
      reset === undefined ||
      Number.isNaN(limit + remaining + reset)
      ? []
      : [{ name: `a ${period}`, limit, remaining, resetsAt: new Date(now.getTime() + reset * 1000) }]
  })
}

const part = encodeURIComponent
const collector = ({ settings }: Calling) => `/collectors/${part(settings.collectorId ?? '')}`

export async function readMe(calling: Calling) {
  return Me.parse(await send(calling, { method: 'GET', path: '/users/me' }))
}

export async function readCollector(calling: Calling) {
  const body = await unlessMissing(send(calling, { method: 'GET', path: collector(calling) }))
  return body === undefined ? undefined : Collector.parse(body)
}

// Asking (facts A2) --------------------------------------------------------------------------------------------------

/** A draft with SurveyMonkey's own words, which hold the links that every mail must have. */
export async function createMessage(calling: Calling): Promise<Message> {
  const path = `${collector(calling)}/messages`
  return Message.parse(await send(calling, { method: 'POST', path, json: { type: 'invite' } }))
}

export async function readMessage(calling: Calling, message: string): Promise<Message | undefined> {
  const path = `${collector(calling)}/messages/${part(message)}`
  const body = await unlessMissing(send(calling, { method: 'GET', path }))
  return body === undefined ? undefined : Message.parse(body)
}

export async function deleteMessage(calling: Calling, message: string): Promise<void> {
  await unlessMissing(send(calling, { method: 'DELETE', path: `${collector(calling)}/messages/${part(message)}` }))
}

export interface Contact {
  email: string
  first_name?: string
  last_name?: string
  extra_fields: Record<string, string>
}

export async function addRecipient(calling: Calling, message: string, contact: Contact) {
  const path = `${collector(calling)}/messages/${part(message)}/recipients/bulk`
  return Recipients.parse(await send(calling, { method: 'POST', path, json: { contacts: [contact] } }))
}

/** The form by which somebody can be invited again where the plan allows that (facts A2.5). Undefined: it does not. */
export async function addRecipientAgain(calling: Calling, message: string, contact: Contact) {
  const path = `${collector(calling)}/messages/${part(message)}/recipients`
  try {
    return idOf(await send(calling, { method: 'POST', path, json: { ...contact, duplicates: 'add' } }))
  } catch (error) {
    if (error instanceof ProviderError && error.outcome === 'rejected') {
      return undefined
    }
    throw error
  }
}

export async function findRecipient(calling: Calling, message: string, email: string): Promise<string | undefined> {
  const path = `${collector(calling)}/messages/${part(message)}/recipients`
  const { data } = RecipientPage.parse(await send(calling, { method: 'GET', path, query: { per_page: 100 } }))
  const found = data.find((it) => it.email?.toLowerCase() === email.toLowerCase())
  return found === undefined ? undefined : idOf(found)
}

/** The address holds the recipient's id; the `id` beside it is documented as the contact's (facts A2.2). */
export function idOf(recipient: unknown): string | undefined {
  const { id, href } = recipient as { id?: string | number; href?: string | null }
  const fromAddress = /\/recipients\/(\d+)/.exec(href ?? '')?.[1]
  return fromAddress ?? (id === undefined ? undefined : String(id))
}

export async function sendMessage(calling: Calling, message: string) {
  const path = `${collector(calling)}/messages/${part(message)}/send`
  return Sent.parse(await send(calling, { method: 'POST', path, json: {} }))
}

/** As each of our messages has one recipient, its statistics are that recipient's (facts A4.6). */
export async function readStats(calling: Calling, message: string) {
  const path = `${collector(calling)}/messages/${part(message)}/stats`
  const body = await unlessMissing(send(calling, { method: 'GET', path }))
  return body === undefined ? undefined : Stats.parse(body).mail_status
}

// Answers (facts A4) -------------------------------------------------------------------------------------------------

export async function readResponse(calling: Calling, id: string): Promise<Response | undefined> {
  const path = `${collector(calling)}/responses/${part(id)}/details`
  const body = await unlessMissing(send(calling, { method: 'GET', path, query: { simple: 'true' } }))
  return body === undefined ? undefined : Response.parse(body)
}

const mostPerPage = 100 // of a bulk (facts A1)

/** Responses that were changed since then, the oldest change first. Filters take no offset: UTC (facts A1). */
export async function listResponses(calling: Calling, since: Date | undefined, page: number) {
  const query = {
    simple: 'true',
    per_page: mostPerPage,
    page,
    sort_by: 'date_modified',
    sort_order: 'ASC',
    start_modified_at: since?.toISOString().slice(0, 19),
  }
  const path = `${collector(calling)}/responses/bulk`
  return ResponsePage.parse(await send(calling, { method: 'GET', path, query }))
}

const detailsLastMs = 10 * 60_000
const known = new Map<string, { until: number; details: SurveyDetails }>()

/** Questions with their choices and weights; asked for once in ten minutes, as every call counts. */
export async function readSurvey(calling: Calling, id: string): Promise<SurveyDetails> {
  const key = `${calling.settings.accessToken ?? ''}/${id}`
  const kept = known.get(key)
  if (kept !== undefined && kept.until > Date.now()) {
    return kept.details
  }
  const details = SurveyDetails.parse(await send(calling, { method: 'GET', path: `/surveys/${part(id)}/details` }))
  known.set(key, { until: Date.now() + detailsLastMs, details })
  return details
}

/** Has SurveyMonkey call an address about answers of the collector, unless it does. */
export async function ensureWebhook(calling: Calling, url: string, authorization: string): Promise<void> {
  const list = Webhooks.parse(await send(calling, { method: 'GET', path: '/webhooks', query: { per_page: 1000 } }))
  for (const event of webhookEvents) {
    const address = `${url}?e=${event}` // must be unique across all webhooks of the account (facts A4.1)
    if (!list.data.some((it) => it.subscription_url === address)) {
      try {
        await send(calling, {
          method: 'POST',
          path: '/webhooks',
          json: {
            name: 'Tellback',
            event_type: event,
            object_type: 'collector',
            object_ids: [calling.settings.collectorId],
            subscription_url: address,
            authorization,
          },
        })
      } catch (error) {
        if (!(error instanceof ProviderError) || error.details.status !== conflict) {
          throw error
        }
      }
    }
  }
}

export const webhookEvents = ['response_completed', 'response_updated', 'response_disqualified'] as const

// Choices (facts A3) -------------------------------------------------------------------------------------------------

export async function findSurveys(search: string, calling: Calling): Promise<Choice[]> {
  const query = { per_page: 1000, sort_by: 'date_modified', sort_order: 'DESC' }
  const { data } = Surveys.parse(await send(calling, { method: 'GET', path: '/surveys', query }))
  return data
    .map(({ id, title, nickname }) => ({
      value: id,
      title: title ?? id,
      ...(nickname === undefined ? {} : { detail: nickname }),
    }))
    .filter((it) => matches(it, search))
}

const usable = 'Email Invitation'

/** Collectors of every kind, so that nobody wonders where one is; which can be used is said beside it. */
export async function findCollectors(search: string, calling: Calling): Promise<Choice[]> {
  const { surveyId } = calling.settings
  if (surveyId === undefined) {
    return []
  }
  const query = { per_page: 1000, include: 'type,status' }
  const path = `/surveys/${part(surveyId)}/collectors`
  const { data } = Collectors.parse(await send(calling, { method: 'GET', path, query }))
  return data
    .map((it) => ({
      value: it.id,
      title: it.name ?? it.id,
      detail: problemWith(it) === undefined ? usable : `${it.type ?? 'unknown'}, cannot be used`,
    }))
    .toSorted((a, b) => Number(b.detail === usable) - Number(a.detail === usable))
    .filter((it) => matches(it, search))
}

/** Why a collector cannot send invitations; undefined when it can. */
export function problemWith({ type, status }: ReturnType<typeof Collector.parse>): string | undefined {
  return type !== 'email'
    ? `It is a ${type ?? 'collector of an unknown'} collector; only an Email Invitation collector sends invitations.`
    : status === 'closed'
      ? 'It is closed.'
      : undefined
}

function matches({ title, value }: Choice, search: string): boolean {
  const text = search.trim().toLowerCase()
  return value === text || title.toLowerCase().includes(text)
}
