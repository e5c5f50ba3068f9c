import { createHash } from 'node:crypto'

import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Integration, SurveyClose } from '../../sdk/index.ts'
import { listInstallations } from '../apps/apps.ts'
import type { InstallationRow } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import { listBrands } from '../brands/brands.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { findConversationsByIds } from '../conversations/conversations.ts'
import type { ConversationRow } from '../conversations/conversations.ts'
import { findCustomersByIds } from '../customers/customers.ts'
import type { CustomerRow } from '../customers/customers.ts'
import { findOpeners } from '../feedback/feedback.ts'
import { findUsers } from '../orgs/orgs.ts'
import { findTagsByIds } from '../tags/tags.ts'
import { findTeams } from '../teams/teams.ts'
import type { CloseEventRow } from './close-store.ts'
import { findOptOuts } from './policy-store.ts'
import type { CloseFacts, Named } from './policy.ts'

/** An app that asks customers, as one organisation has it installed. */
export interface SurveyApp {
  installation: InstallationRow
  integration: Integration<unknown>
  settings: unknown
}

/** What one close is to every provider: what they are told, and what the policy looks at. */
export interface KnownClose {
  close: CloseEventRow
  /** What a provider is told of it. */
  told: SurveyClose
  facts: Omit<CloseFacts, 'providerSays' | 'sample' | 'alreadyScheduled' | 'askedRecently'>
  conversation: ConversationRow | undefined
}

const mostInstallations = 500

/** The installations that can ask, in the order in which they were installed. */
export async function surveyApps(reader: Reader, services: ConnectionServices): Promise<SurveyApp[]> {
  const rows = await listInstallations(reader, mostInstallations, 0)
  return rows.flatMap((installation) => {
    const integration = services.catalog.find(installation.app)?.integration
    if (integration?.surveys === undefined || installation.status === 'disabled') {
      return []
    }
    const settings = integration.settings.parse(openSettings(services.vault, installation))
    return [{ installation, integration, settings }]
  })
}

/** Reads what is known of several closes, with a fixed number of queries. */
export async function knowCloses(
  reader: Reader,
  services: ConnectionServices,
  closes: CloseEventRow[],
): Promise<KnownClose[]> {
  const distinct = (ids: (Id | null)[]) => [...new Set(ids.filter((id) => id !== null))]
  const conversationIds = distinct(closes.map((it) => it.conversation_id))
  const conversations = byId(await findConversationsByIds(reader, conversationIds))
  const ownerOf = (it: CloseEventRow) => conversations.get(it.conversation_id)?.customer_id ?? it.customer_id
  const customers = byId(await findCustomersByIds(reader, distinct(closes.map(ownerOf))))
  const users = byId(await findUsers(reader, distinct(closes.flatMap((it) => [...it.assigned_users, it.closed_by]))))
  const teams = byId(
    await findTeams(reader, distinct(closes.flatMap((it) => [...it.assigned_teams, ...it.closed_by_teams]))),
  )
  const tags = byId(await findTagsByIds(reader, distinct(closes.flatMap((it) => it.tags))))
  const brands = byId(await listBrands(reader, mostInstallations, 0))
  const openers = await findOpeners(reader, conversationIds)
  const addresses = [...customers.values()].flatMap((it) => emailOf(it)?.toLowerCase() ?? [])
  const optOuts = await findOptOuts(reader, [...customers.keys()], addresses)
  return closes.map((close) => {
    const conversation = conversations.get(close.conversation_id)
    const customer = customers.get(ownerOf(close))
    const agent = close.assigned_users.flatMap((id) => users.get(id) ?? [])[0]
    const email = emailOf(customer)
    const named = (ids: Id[], from: Map<Id, { id: Id; name: string }>): Named[] =>
      [...new Set(ids)].flatMap((id) => from.get(id) ?? []).map(({ id, name }) => ({ id, name }))
    const closer = close.closed_by === null ? undefined : users.get(close.closed_by)
    const objection = optOuts.find((it) => it.customer_id === customer?.id || it.address === email?.toLowerCase())
    const closeTags = named(close.tags, tags)
    return {
      close,
      conversation,
      told: {
        conversationId: close.conversation_id,
        conversationName: conversation?.name ?? conversation?.preview ?? 'Conversation',
        link: `${services.publicUrl()}/conversations/${close.conversation_id}`,
        closedAt: close.closed_at,
        ...optional('channel', channelOf(close, conversation)),
        tags: closeTags.map((it) => it.name),
        ...(agent === undefined ? {} : { agent: { name: agent.name, ...optional('email', agent.email ?? undefined) } }),
        customer: { id: ownerOf(close), name: customer?.name ?? '', ...optional('email', email) },
      },
      facts: {
        how: close.closed_how,
        closedBy: closer?.name ?? 'the desk',
        isVetoed: close.without_survey,
        isAboutReview: openers.has(close.conversation_id),
        channels: close.channels,
        teams: named([...close.assigned_teams, ...close.closed_by_teams], teams),
        tags: closeTags,
        brand: close.brand_id === null ? undefined : brands.get(close.brand_id),
        email,
        optOut: objection?.reason,
        timeZone: customer?.profile.timeZone ?? undefined,
      },
    }
  })
}

/** The channel by which the customer was talked with last. */
export function channelOf(close: CloseEventRow, conversation: ConversationRow | undefined): string | undefined {
  return conversation?.reply_channel ?? conversation?.milestones.lastMessageIn?.channel ?? close.channels[0]
}

/** Why an installation cannot ask about a close, whatever the policy says; undefined when it can. */
export function providerSays({ integration, settings }: SurveyApp, told: SurveyClose): string | undefined {
  return integration.surveys?.problemOf?.(settings) ?? integration.surveys?.whyNot?.(told, settings)
}

/** Where a close falls among 100: by chance, and the same whenever it is asked. */
export function drawOf(closeId: Id): number {
  return createHash('sha256').update(closeId).digest().readUInt32BE(0) / 42_949_672.96
}

function emailOf(customer: CustomerRow | undefined): string | undefined {
  return customer?.emails[0]?.email
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [name in Name]?: Value }
}

function byId<Row extends { id: Id }>(rows: Row[]): Map<Id, Row> {
  return new Map(rows.map((row) => [row.id, row]))
}
