import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Integration } from '../sdk/index.ts'
import { connect } from './acme-reviews.ts'
import { post } from './desk.ts'
import type { TestDesk, TestOrg } from './desk.ts'

/** The ids of one of everything in an organisation, by what it is. */
export type EveryNoun = Record<string, string>

const soon = () => new Date(Date.now() + 3_600_000).toISOString()

/** Makes one of everything that the API has, by the API; the desk has simulated providers, one of which can be connected to. */
export async function makeEveryNoun(
  { desk }: TestDesk,
  org: TestOrg,
  started: AsyncDisposableStack,
): Promise<EveryNoun> {
  const apps = desk.catalog.list().map((it) => it.integration)
  const app = apps.find((it) => it.connection === undefined)?.id ?? ''
  const connectable = apps.find((it) => it.connection !== undefined)
  const ids: EveryNoun = { org: org.id, app, unknown: '0'.repeat(24) }
  const make = async (name: string, path: string, body: unknown) => {
    const reply = await org.call('POST', path, body)
    if (reply.status >= 300) {
      throw new Error(`${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
    }
    ids[name] = reply.body.data.id
    return reply.body.data
  }
  const receiver = createServer((_request, response) => response.end('{"ok":true}'))
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
  started.defer(async () => {
    receiver.closeAllConnections()
    await new Promise((resolve) => void receiver.close(resolve))
  })
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  ids['address'] = address

  await make('user', '/v1/users', { name: 'Kim', email: `kim-${org.id}@example.com` })
  await make('apiKey', '/v1/auth/api-keys', { name: 'Key', roles: ['org.user'] })
  await make('brand', '/v1/brands', { name: 'Acme' })
  await make('secondBrand', '/v1/brands', { name: 'Peak' })
  await make('subStatus', '/v1/sub-statuses', { name: 'Waiting', status: 'open' })
  await make('tag', '/v1/tags', { name: 'refund' })
  await make('team', '/v1/teams', { name: 'Care', members: [ids['user']] })
  await make('company', '/v1/companies', { name: 'Acme Tents', externalId: 'co-1' })
  const emails = [{ email: `ana-${org.id}@example.com` }]
  await make('customer', '/v1/customers', {
    name: 'Ana',
    externalId: 'cu-1',
    emails,
    phones: [{ phone: '+436601234567' }],
    company: ids['company'],
  })
  await make('secondCustomer', '/v1/customers', { name: 'Bo' })
  await make('conversation', '/v1/conversations', { customer: ids['customer'], externalId: 'cv-1', name: 'Tent' })
  await make('attachment', '/v1/attachments', { name: 'a.txt', contentType: 'text/plain', contentLength: 1 })
  const message = {
    conversation: ids['conversation'],
    app: 'test',
    channel: 'email',
    direction: 'in',
    preview: 'Hello',
  }
  await make('message', '/v1/messages', { ...message, externalId: 'me-1', attachments: [ids['attachment']] })
  await make('note', '/v1/notes', { conversation: ids['conversation'], body: 'A note' })
  await make('draft', `/v1/customers/${ids['customer'] ?? ''}/drafts`, {
    channel: 'sms',
    body: 'Hi',
    sendAt: soon(),
    attachments: [ids['attachment']],
  })
  await make('shortcut', '/v1/shortcuts', { name: 'Thanks', body: 'Dear {{customer.name}}' })
  await make('klass', '/v1/klasses', { name: 'order' })
  await make('emptyKlass', '/v1/klasses', { name: 'empty' })
  await make('object', `/v1/customers/${ids['customer'] ?? ''}/klasses/order`, {
    title: 'Order',
    externalId: 'or-1',
    company: ids['company'],
  })
  await make('search', '/v1/customers/searches', { name: 'All', query: { queryContext: 'customer' } })
  await make('mergeSource', '/v1/customers', { name: 'Ana too' })
  await make('merge', '/v1/customers/merges', { source: ids['mergeSource'], target: ids['customer'] })
  await make('bulk', '/v1/customers/bulk', [{ name: 'Many' }])
  // One that nobody works through: it can be canceled whenever a test comes to that.
  ids['waitingBulk'] = `${ids['bulk']?.slice(0, 16) ?? ''}00000000`
  await org.db.write((tx) =>
    tx.rows(
      {
        name: undefined,
        text: `insert into bulk_jobs (org_id, id, context, method, path, items, actor, created_by)
               select org_id, $3, context, method, path, items, actor, created_by from bulk_jobs where org_id = $1 and id = $2`,
      },
      [org.id, ids['bulk'], ids['waitingBulk']],
    ),
  )
  await make('webhook', '/v1/outbound-webhooks', { name: 'Mine', url: address, events: ['kustomer.tag.update'] })
  await make('formHook', '/v1/hooks/form', { title: 'Form' })
  await make('webHook', '/v1/hooks/web', { title: 'Web' })
  await make('emailHook', '/v1/hooks/email', { title: 'E-mail' })
  await make('mailboxHook', '/v1/hooks/email', { title: 'Mailbox' })
  await makeMail(org, ids)
  await make('suppression', '/v1/mail-suppressions', { address: 'gone@example.com' })
  await makeUnclearMail(org, apps, ids)
  const installation = await make('installation', '/v1/apps/install', { app })
  const connected = { app: connectable?.id, settings: connectable?.simulator.settings }
  await connect(desk, org, (await make('connectable', '/v1/apps/install', connected)).id)
  ids['choices'] = Object.keys(connectable?.choices ?? {})[0] ?? ''
  await makeReplies(org, connectable, ids)
  await makeImport(org, ids)
  await findAskable(org, ids)
  await make('removable', '/v1/apps/install', { app, name: 'Another' })
  await make('registration', '/v1/apps', { name: 'acme_app' })
  ids['appName'] = 'acme_app'
  const command = { name: 'greet', url: address }
  await make('definition', '/v1/apps/available', {
    app: 'plain',
    version: '1.0.0',
    title: 'Plain',
    commands: [command],
  })
  await make('plain', '/v1/apps/install', { app: 'plain' })

  await makeSurveys(
    org,
    apps.find((it) => it.surveys !== undefined),
    ids,
  )

  await makeWorkflows(org, ids)

  // Feedback, a delivery, an event, a transaction and a notification come about by themselves.
  await org.call('POST', `/v1/apps/installations/${installation.id}/test`)
  await org.settled()
  ids['delivery'] = (await org.call('GET', '/v1/deliveries')).body.data[0]?.id
  ids['feedback'] = (await org.call('GET', '/v1/feedback')).body.data[0]?.id
  await org.call('PUT', `/v1/tags/${ids['tag'] ?? ''}`, { color: 'red' })
  ids['transaction'] = (
    await org.call('GET', `/v1/outbound-webhooks/${ids['webhook'] ?? ''}/transactions`)
  ).body.data[0]?.id
  const events = await org.db.read((reader) =>
    reader.rows<{ id: string }>(
      { name: undefined, text: 'select id from events where org_id = $1 and customer_id = $2 limit 1' },
      [org.id, ids['customer']],
    ),
  )
  ids['event'] = events[0]?.id ?? ''
  const me = (await org.call('GET', '/v1/users/current')).body.data.id
  const colleague = await org.key(['org.user'])
  await org.call('PUT', `/v1/conversations/${ids['conversation'] ?? ''}`, { assignedUsers: [me] }, colleague)
  ids['notification'] = (await org.call('GET', '/v1/notifications')).body.data[0]?.id
  return ids
}

/** Two requests to ask a customer after a close: one that can be stopped, and one that failed. */
async function makeSurveys(org: TestOrg, app: Integration<unknown> | undefined, ids: EveryNoun): Promise<void> {
  await org.install(app?.id ?? '', { ...app?.simulator.settings })
  for (const name of ['surveyRequest', 'failedSurvey']) {
    const customer = (await org.call('POST', '/v1/customers', { emails: [{ email: `${name}-${org.id}@example.com` }] }))
      .body.data
    const talk = (await org.call('POST', '/v1/conversations', { customer: customer.id })).body.data
    await org.call('PUT', `/v1/conversations/${talk.id}`, { status: 'done' })
    for (let patience = 100; patience > 0 && ids[name] === undefined; patience--) {
      await sleep(50)
      ids[name] = (await org.call('GET', `/v1/survey-requests?conversation=${talk.id}`)).body.data[0]?.id
    }
  }
  await org.db.write((tx) =>
    tx.rows(
      {
        name: undefined,
        text: `update survey_requests set state = case id when $2 then 'failed' else 'scheduled' end where org_id = $1`,
      },
      [org.id, ids['failedSurvey']],
    ),
  )
}

/** A workflow that is called and waits, with a variable and with something new from its app; a run of it, and one that ended. */
async function makeWorkflows(org: TestOrg, ids: EveryNoun): Promise<void> {
  const made = async (path: string, body: object): Promise<string> => (await org.call('POST', path, body)).body.data.id
  ids['workflow'] = await made('/v1/workflows', {
    name: 'Called',
    enabled: true,
    trigger: { callable: true, transitions: [{ target: 'wait' }] },
    steps: [{ id: 'wait', action: 'tellback.wait.duration', params: { amount: 1, unit: 'days' } }],
  })
  const path = `/v1/workflows/${ids['workflow']}`
  ids['workflowVariable'] = await made(`${path}/variables`, { name: 'shop', value: 'Acme' })
  ids['workflowRun'] = await made(`${path}/calls`, {})
  ids['endedRun'] = await made(`${path}/calls`, {})
  for (let patience = 100; patience > 0; patience--) {
    await sleep(50)
    if ((await org.call('GET', `/v1/workflow-runs/${ids['endedRun']}`)).body.data.attributes.state === 'waiting') {
      break
    }
  }
  await org.call('POST', `/v1/workflow-runs/${ids['endedRun']}/cancellations`)
  await org.db.write((tx) =>
    tx.rows(
      {
        name: undefined,
        text: `update workflows set upgrade = jsonb_build_object('document', draft, 'appVersion', '2.0.0') where org_id = $1`,
      },
      [org.id],
    ),
  )
}

/** A review whose author can be asked who they are. */
async function findAskable(org: TestOrg, ids: EveryNoun): Promise<void> {
  for (const act of replyActs) {
    const id = ids[`reply.${act}`] ?? ''
    const { body } = await org.call('GET', `/v1/feedback/${id}/enquiry`)
    if (body.data.attributes.problem === null) {
      ids['askable'] = id
    }
  }
}

/** Whatever the app has to choose is chosen, so that its history can be fetched; and an import that nobody works through, which can be stopped. */
async function makeImport(org: TestOrg, ids: EveryNoun): Promise<void> {
  const path = `/v1/apps/installations/${ids['connectable'] ?? ''}`
  const [choice] = (await org.call('GET', `${path}/choices/${ids['choices'] ?? ''}?q=o`)).body.data
  await org.call('PUT', path, { settings: { [ids['choices'] ?? '']: choice?.value } })
  ids['import'] = `${ids['connectable']?.slice(0, 16) ?? ''}11111111`
  await org.db.write((tx) =>
    tx.rows(
      {
        name: undefined,
        text: `insert into imports (org_id, id, installation_id, kind) values ($1, $2, $3, 'backfill')`,
      },
      [org.id, ids['import'], ids['installation']],
    ),
  )
}

/** A mail that has not left, of the message that there is. */
async function makeMail(org: TestOrg, ids: EveryNoun): Promise<void> {
  await org.db.write((tx) =>
    tx.rows(
      {
        name: undefined,
        text: `insert into mails (org_id, id, conversation_id, source, status, sender, recipient, subject, message_id)
               values ($1, $2, $3, $2, 'failed', 'a@example.com', 'b@example.com', 'Hello', 'm@example.com')`,
      },
      [org.id, ids['message'], ids['conversation']],
    ),
  )
}

/** A mail that its app was unsure of, what was learned of another, and a mailbox that is looked into some day. */
async function makeUnclearMail(org: TestOrg, apps: Integration<unknown>[], ids: EveryNoun): Promise<void> {
  const app = apps.find((it) => Object.values(it.mails ?? {}).some((hook) => hook.lessons !== undefined))
  const { id } = await org.install(app?.id ?? '', {})
  const { hooks } = (await org.call('GET', `/v1/apps/installations/${id}`)).body.data.attributes
  const hook = hooks.find((it: { type: string }) => it.type === 'email')
  ids['mailDelivery'] = `${hook.id.slice(0, 16)}22222222`
  ids['lesson'] = `${hook.id.slice(0, 16)}33333333`
  const statements: [text: string, values: unknown[]][] = [
    [
      `insert into deliveries (org_id, id, hook_id, installation_id, dedupe_key, status, trust, headers, body)
       values ($1, $2, $3, $4, 'unclear', 'rejected', 'secret', '{}', $5)`,
      [ids['mailDelivery'], hook.id, id, Buffer.from('From: a@example.com\r\nSubject: Hm\r\n\r\nHm\r\n')],
    ],
    [
      `insert into mail_lessons (org_id, id, installation_id, lesson, subject, created_by)
       values ($1, $2, $3, '{"kind": "ignored", "from": "example.org", "subject": "x", "patterns": []}', 'x', $2)`,
      [ids['lesson'], id],
    ],
    [
      `insert into mailboxes (org_id, hook_id, host, port, security, username, sealed_password, folder, next_at, created_by)
       select $1, id, 'imap.example.com', 993, 'tls', 'me', '', 'INBOX', now() + interval '1 day', id from unnest($2::text[]) id`,
      [[ids['emailHook'], ids['mailboxHook']]],
    ],
    [`insert into message_bodies (org_id, message_id, html) values ($1, $2, '<p>Hello</p>')`, [ids['message']]],
  ]
  await org.db.write(async (tx) => {
    for (const [text, values] of statements) {
      await tx.rows({ name: undefined, text }, [org.id, ...values])
    }
  })
}

/** What is done to a reply, and the review on which that can be done. */
const replyActs = ['draft', 'publication', 'approval', 'rejection', 'attempts', 'withdrawal'] as const

/** A review for each thing that can be done to a reply, each with its reply in the state for it. */
async function makeReplies(org: TestOrg, app: Integration<unknown> | undefined, ids: EveryNoun): Promise<void> {
  const installation = (await org.call('GET', `/v1/apps/installations/${ids['connectable'] ?? ''}`)).body.data
  const people = replyActs.map((name) => ({ name, email: `${name}@example.com` }))
  const settings: unknown = app?.settings.parse(app.simulator.settings)
  const traffic = app?.simulator.history(settings, { seed: 1, people, until: new Date(), perPerson: 1 }) ?? []
  for (const { body, headers } of traffic) {
    await post(installation.attributes.hooks[0].url, body, headers)
  }
  await org.settled()
  const reviews = (await org.call('GET', `/v1/feedback?app=${app?.id ?? ''}`)).body.data
  for (const [index, act] of replyActs.entries()) {
    ids[`reply.${act}`] = reviews[index]?.id ?? ''
  }
  const path = (act: (typeof replyActs)[number]) => `/v1/feedback/${ids[`reply.${act}`] ?? ''}/reply`
  await org.call('PUT', '/v1/replies/rules', { needApproval: true })
  const agent = await org.key(['org.user'])
  for (const act of ['approval', 'rejection', 'attempts'] as const) {
    await org.call('POST', `${path(act)}/publication`, { body: 'Thank you', rev: 0 }, agent)
  }
  await org.call('PUT', path('withdrawal'), { body: 'Hm', rev: 0 })
  await org.db.write((tx) =>
    tx.rows({ name: undefined, text: `update replies set state = 'failed' where org_id = $1 and feedback_id = $2` }, [
      org.id,
      ids['reply.attempts'],
    ]),
  )
}

/** The values of a path's parameters, by the ids of what there is. */
export function pathOf(template: string, ids: EveryNoun): string {
  const id = (name: string) => ids[name] ?? `missing-${name}`
  const nouns: Record<string, string> = {
    orgs: 'org',
    users: 'user',
    tokens: 'apiKey',
    brands: 'brand',
    shortcuts: 'shortcut',
    'sub-statuses': 'subStatus',
    companies: 'company',
    searches: 'search',
    bulk: 'bulk',
    merges: 'merge',
    customers: 'customer',
    conversations: 'conversation',
    drafts: 'draft',
    tags: 'tag',
    teams: 'team',
    'outbound-webhooks': 'webhook',
    transactions: 'transaction',
    events: 'event',
    attachments: 'attachment',
    messages: 'message',
    notes: 'note',
    notifications: 'notification',
    feedback: 'feedback',
    timeline: 'conversation',
    installations: 'installation',
    imports: 'import',
    form: 'formHook',
    web: 'webHook',
    email: 'emailHook',
    mails: 'message',
    'mail-suppressions': 'suppression',
    'mail-lessons': 'lesson',
    deliveries: 'delivery',
    'survey-requests': 'surveyRequest',
    workflows: 'workflow',
    'workflow-runs': 'workflowRun',
    'workflow-variables': 'workflowVariable',
    available: 'app',
    apps: 'appName',
  }
  const fixed: Record<string, string> = {
    '/v1/metadata/{resource}': '/v1/metadata/customer',
    '/v1/klasses/{name}': `/v1/klasses/${id('klassOrName')}`,
    '/v1/klasses/{name}/{id}': `/v1/klasses/order/${id('object')}`,
    '/v1/klasses/{name}/bulk': '/v1/klasses/order/bulk',
    '/v1/klasses/{name}/externalId={value}': '/v1/klasses/order/externalId=or-1',
    '/v1/customers/{id}/klasses/{name}': `/v1/customers/${id('customer')}/klasses/order`,
    '/v1/companies/{id}/klasses/{name}': `/v1/companies/${id('company')}/klasses/order`,
    '/v1/customers/id={id}': `/v1/customers/id=${id('customer')}`,
    '/v1/customers/email={value}': `/v1/customers/email=${encodeURIComponent(`ana-${id('org')}@example.com`)}`,
    '/v1/customers/externalId={value}': '/v1/customers/externalId=cu-1',
    '/v1/customers/phone={value}': '/v1/customers/phone=+436601234567',
    '/v1/conversations/externalId={value}': '/v1/conversations/externalId=cv-1',
    '/v1/messages/externalid={value}': '/v1/messages/externalid=me-1',
    '/v1/commands/{name}/run': '/v1/commands/plain.app.greet/run',
    '/v1/deliveries/{id}/lesson': `/v1/deliveries/${id('mailDelivery')}/lesson`,
    '/v1/feedback/{id}/enquiry': `/v1/feedback/${id('askable')}/enquiry`,
    '/v1/survey-requests/{id}/attempts': `/v1/survey-requests/${id('failedSurvey')}/attempts`,
    '/v1/apps/installations/{id}/imports': `/v1/apps/installations/${id('connectable')}/imports`,
    '/v1/apps/installations/{id}/connection': `/v1/apps/installations/${id('connectable')}/connection`,
    '/v1/apps/installations/{id}/choices/{setting}': `/v1/apps/installations/${id('connectable')}/choices/${id('choices')}`,
  }
  for (const act of replyActs) {
    const template = act === 'draft' ? '/v1/feedback/{id}/reply' : `/v1/feedback/{id}/reply/${act}`
    fixed[template] = template.replace('{id}', id(`reply.${act}`))
  }
  if (fixed[template] !== undefined) {
    return fixed[template]
  }
  const parts = template.split('/')
  return parts.map((part, index) => (part.startsWith('{') ? id(nouns[parts[index - 1] ?? ''] ?? part) : part)).join('/')
}
