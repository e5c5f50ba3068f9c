import { setTimeout as sleep } from 'node:timers/promises'

import { hooksOf, install, listInstallations } from '../src/core/apps/apps.ts'
import type { App } from '../src/core/apps/catalog.ts'
import { hookUrl } from '../src/core/apps/hooks.ts'
import { beginConnecting, finishConnecting } from '../src/core/connections/connections.ts'
import { listCustomers } from '../src/core/customers/store.ts'
import { listDeliveries } from '../src/core/intake/store.ts'
import { addUser, agentRoles, chooseOrg, findAdmins, listUsers } from '../src/core/orgs/orgs.ts'
import type { Desk } from '../src/main.ts'
import type { OrgDb } from '../src/platform/db/database.ts'
import { authorize, only } from '../src/platform/http/access.ts'
import type { Authorized } from '../src/platform/http/access.ts'
import type { Id } from '../src/platform/ids.ts'
import { bringMail } from '../src/platform/mail/bring-mail.ts'
import type { CustomerRef, Integration } from '../src/sdk/index.ts'
import { fillConversations } from './demo-conversations.ts'

const agent = { name: 'Robin Weaver', email: 'agent@tellback.invalid' }
const seed = 7
const perPerson = 2
const patienceMs = 60_000

const people: CustomerRef[] = [
  'Ana Duarte',
  'Ben Okafor',
  'Chiara Conti',
  'Dmitri Sokolov',
  'Elif Yılmaz',
  'Farid Rahimi',
  'Grace Chen',
  'Hanna Lindqvist',
  'Ibrahim Diallo',
  'Julia Novak',
  'Kenji Mori',
  'Leila Haddad',
  'Mateo Rojas',
  'Nina Petersen',
  'Oscar Martín',
  'Priya Nair',
  'Quentin Leroy',
  'Rosa Almeida',
  'Sven Johansson',
  'Tala Weiss',
  'Uma Kapoor',
  'Viktor Horák',
  'Wen Li',
  'Yara Costa',
  'Zoë Baker',
  'مريم الفاسي',
  'דוד לוי',
  '佐藤 美咲',
].map((name, index) => ({
  name,
  email: `${
    name
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll('ı', 'i')
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '.')
      .replaceAll(/^\.|\.$/g, '') || `customer${index}`
  }@example.com`,
}))

/**
 * Fills the first organisation with what the simulators send, through the same addresses a provider would use. A second
 * call changes nothing: the same traffic is the same deliveries.
 */
export async function fillWithDemo(desk: Desk): Promise<{ agentLink: string; people: number }> {
  const orgId = await chooseOrg(desk.database, undefined)
  const db = desk.database.forOrg(orgId)
  const users = await db.read((reader) => listUsers(reader, { email: agent.email, deleted: false }, 1, 0))
  const agentId = users[0]?.id ?? (await db.write((tx) => addUser(tx, { ...agent, roles: agentRoles })))
  const installed = await db.read((reader) => listInstallations(reader, 100, 0))
  const by = authorize(
    { orgId, userId: agentId, userType: 'machine', roles: ['org.admin'] },
    only('apps', 'org.admin.apps.write'),
  )
  const services = desk.providers
  for (const app of desk.catalog.list()) {
    const { integration } = app
    const installation =
      installed.find((it) => it.app === integration.id) ??
      (await db.write((tx) => install(tx, services, by, { app: integration.id, settings: simulatedSettings(app) })))
    const hooks = await db.read((reader) => hooksOf(reader, [installation.id]))
    await connectToSimulator(desk, db, by, installation.id, integration.id)
    await db.write((tx) => desk.providers.ready(tx, installation.id))
    const traffic = integration.simulator.history(integration.settings.parse({}), {
      seed,
      people,
      until: startOfDay(),
      perPerson,
    })
    await Promise.all(
      traffic.map(async (request) => {
        const hook = hooks.find((it) => it.webhook === request.webhook)
        if (hook?.type === 'email') {
          await bringMail({ host: '127.0.0.1', port: desk.smtpPort ?? 0 }, hookUrl(desk.providers, hook), request.body)
        } else if (hook !== undefined) {
          await fetch(`${desk.address}/v1/hooks/form/${orgId}/${hook.hash}`, {
            method: 'POST',
            headers: request.headers,
            body: request.body,
          })
        }
      }),
    )
  }
  await settle(desk, orgId)
  const admins = await db.read((reader) => findAdmins(reader))
  const customers = await db.read((reader) => listCustomers(reader, 100, 0))
  await fillConversations(db, orgId, {
    agentId,
    adminId: admins[0] ?? agentId,
    customers: customers.map((it) => it.id),
  })
  return { agentLink: await desk.signIn.createLink(agent.email), people: people.length }
}

function simulatedSettings({ integration }: App<Integration<unknown>>): Record<string, unknown> {
  return { ...integration.simulator.settings }
}

/** Signs in at a simulated provider as an admin would in their browser, and enters the address of the hook there. */
async function connectToSimulator(
  desk: Desk,
  db: OrgDb,
  by: Authorized<'apps'>,
  installationId: Id,
  app: string,
): Promise<void> {
  const provider = desk.simulators?.find(app)
  if (provider?.consent === undefined) {
    return
  }
  const url = await db.write((tx) => beginConnecting(tx, desk.providers, by, installationId))
  const back = new URL(provider.consent(url)).searchParams
  await finishConnecting(db, desk.providers, by, { code: back.get('code') ?? '', state: back.get('state') ?? '' })
  for (const hook of await db.read((reader) => hooksOf(reader, [installationId]))) {
    provider.subscribe?.(hookUrl({ ...desk.providers, publicUrl: () => desk.address }, hook))
  }
}

/** The same day gives the same traffic, so starting the demo twice does not double it. */
function startOfDay(): Date {
  return new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000)
}

/** Waits until every delivery has gone through. */
async function settle(desk: Desk, orgId: string): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline) {
    const waiting = await desk.database
      .forOrg(orgId)
      .read((reader) => listDeliveries(reader, { statuses: ['received'] }, 1, undefined))
    if (waiting.length === 0) {
      return
    }
    await sleep(100)
  }
}
