import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeSurveys } from '../../testing/acme-surveys.ts'
import type { AcmeSurveyProvider } from '../../testing/acme-surveys.ts'
import { post, startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let provider: AcmeSurveyProvider
let installation: { id: string; url: string }
let customer: string

// The tests close conversations by an API key, which is no agent.
const everybody = { closedBy: ['agent', 'automatic'] }

beforeAll(async () => {
  const acme = acmeSurveys()
  provider = acme.provider
  desk = await startTestDesk({ integrations: [acme.integration], simulators: true })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  Object.assign(provider, { calls: [], troubles: [], answers: [], list: { pageSize: 100 } })
  provider.drafts.clear()
  provider.refused.clear()
  org = await desk.newOrg()
  installation = await org.install('acme-surveys', { key: 'k', delay: 0 })
  await policy({})
  customer = (await org.call('POST', '/v1/customers', { name: 'Mia Berg', emails: [{ email: 'mia@example.com' }] }))
    .body.data.id
})

async function policy(change: object): Promise<void> {
  const reply = await org.call('PUT', '/v1/survey-policy', { policy: { ...everybody, ...change } })
  expect(reply.status, JSON.stringify(reply.body)).toBe(200)
}
async function settings(change: object): Promise<void> {
  await org.call('PUT', `/v1/apps/installations/${installation.id}`, { settings: change })
}
async function talk(parts: object = {}): Promise<string> {
  return (await org.call('POST', '/v1/conversations', { customer, name: 'Broken pole', ...parts })).body.data.id
}
async function close(id: string, parts: object = {}): Promise<void> {
  const reply = await org.call('PUT', `/v1/conversations/${id}`, { status: 'done', ...parts })
  expect(reply.status, JSON.stringify(reply.body)).toBe(200)
}
const reopen = (id: string) => org.call('PUT', `/v1/conversations/${id}`, { status: 'open' })
// oxlint-disable-next-line typescript/no-explicit-any -- replies are read as programs read them
const requests = async (conversation: string): Promise<any[]> =>
  (await org.call('GET', `/v1/survey-requests?conversation=${conversation}`)).body.data
const latest = async (conversation: string) => (await requests(conversation))[0]?.attributes
/** Waits for the newest request about a conversation to be in a state; what waits for another attempt is due now. */
async function becomes(conversation: string, state: string): Promise<Awaited<ReturnType<typeof latest>>> {
  await expect
    .poll(async () => {
      await desk.owner.query(
        `update survey_requests set due_at = now() where org_id = $1 and state = 'scheduled' and attempts > 0 and due_at < now() + interval '2 minutes'`,
        [org.id],
      )
      return (await latest(conversation))?.state
    })
    .toBe(state)
  return latest(conversation)
}
const sent = () => [...provider.drafts.values()].filter((it) => it.sends > 0)

test('after a close the customer is asked, a note says so, and the decision tells which rules saw what', async () => {
  const id = await talk()
  await close(id)
  const asked = await becomes(id, 'requested')
  expect(sent()).toMatchObject([{ to: 'mia@example.com', sends: 1 }])
  expect(asked).toMatchObject({ address: 'mia@example.com', providerDelay: 60, decision: { verdict: 'ask' } })
  expect(asked.decision.rules.map((it: { rule: string }) => it.rule)).toContain('fatigue')
  const notes = (await org.call('GET', `/v1/conversations/${id}/notes`)).body.data
  expect(notes.map((it: { attributes: { body: string } }) => it.attributes.body)).toEqual(['Acme was asked.'])
  expect((await org.call('GET', `/v1/conversations/${id}`)).body.data.attributes.status).toBe('done')
  const [request] = await requests(id)
  const history = (await org.call('GET', `/v1/survey-requests/${request.id}/history`)).body.data
  expect(history.map((it: { attributes: { state: string } }) => it.attributes.state)).toEqual([
    'requested',
    'scheduled',
  ])
})

test.each([
  ['closed without a survey', {}, { withoutSurvey: true }, 'veto', /without a survey/],
  ['a tag', {}, { tags: ['no-survey'] }, 'veto', /no-survey/],
  ['closed automatically', { closedBy: ['agent'] }, {}, 'closedBy', /not by a person/],
  ['closed as spam', {}, { endedReason: 'spam' }, 'closedBy', /spam/],
  ['another channel', { channels: ['chat'] }, {}, 'channel', /chat/],
  ['another team', { teams: ['0'.repeat(24)] }, {}, 'team', /no team/],
  ['another brand', { brands: ['0'.repeat(24)] }, {}, 'brand', /no brand/],
  ['without the tag', { tags: ['0'.repeat(24)] }, {}, 'tags', /none of the tags/],
  ['not drawn', { sample: 0 }, {}, 'sample', /not drawn/],
] as const)('%s: nobody is asked, and the record says why', async (_, change, closing, rule, reason) => {
  await policy(change)
  const id = await talk()
  await close(id, closing)
  const skipped = await becomes(id, 'skipped')
  expect(skipped.reason).toMatch(reason)
  expect(
    skipped.decision.rules.filter((it: { allows: boolean }) => !it.allows).map((it: { rule: string }) => it.rule),
  ).toContain(rule)
  expect(sent()).toEqual([])
})

test('a customer without an address, and one who objected, are not asked; whoever objected can be asked again later', async () => {
  const nobody = (await org.call('POST', '/v1/customers', { name: 'No Address' })).body.data.id
  const first = await talk({ customer: nobody })
  await close(first)
  expect((await becomes(first, 'skipped')).reason).toMatch(/no e-mail address/)
  const path = `/v1/customers/${customer}/survey-opt-out`
  await org.call('PUT', path, { reason: 'Said so on the phone.' })
  const second = await talk()
  await close(second)
  expect((await becomes(second, 'skipped')).reason).toMatch(/on the phone/)
  expect((await org.call('DELETE', path)).body.data).toMatchObject({ optedOut: false })
  const third = await talk()
  await close(third)
  await becomes(third, 'requested')
})

test('what is scheduled is not sent when the conversation is opened again; closed once more, it is sent once', async () => {
  await settings({ delay: 3600 })
  const id = await talk()
  await close(id)
  await becomes(id, 'scheduled')
  await reopen(id)
  expect((await becomes(id, 'canceled')).reason).toMatch(/opened again/)
  await close(id)
  await becomes(id, 'scheduled')
  await reopen(id)
  await close(id)
  await expect
    .poll(async () => (await requests(id)).map((it) => it.attributes.state))
    .toEqual(['scheduled', 'canceled', 'canceled'])
  await settings({ delay: 0 })
  await becomes(id, 'requested')
  expect(sent()).toHaveLength(1)
})

test('where a reopening does not stop it, a second close within the delay sends nothing more', async () => {
  await policy({ cancelOnReopen: false })
  await settings({ delay: 3600 })
  const id = await talk()
  await close(id)
  await becomes(id, 'scheduled')
  await reopen(id)
  await close(id)
  await expect.poll(async () => (await requests(id)).map((it) => it.attributes.state)).toEqual(['skipped', 'scheduled'])
  await settings({ delay: 0 })
  await expect.poll(async () => (await requests(id)).map((it) => it.attributes.state)).toEqual(['skipped', 'requested'])
  expect(sent()).toHaveLength(1)
})

test('a customer is asked no more often than allowed, by all providers together', async () => {
  await org.install('acme-surveys', { key: 'k', delay: 0 }, 'Second')
  const id = await talk()
  await close(id)
  await expect
    .poll(async () => new Set((await requests(id)).map((it) => it.attributes.state)))
    .toEqual(new Set(['requested', 'skipped']))
  expect(sent()).toHaveLength(1)
  await policy({ perCustomer: { most: 3, days: 30 } })
  const next = await talk()
  await close(next)
  await expect
    .poll(async () => (await requests(next)).map((it) => it.attributes.state))
    .toEqual(['requested', 'requested'])
})

test('in the customer’s quiet hours it waits, and goes out after them', async () => {
  const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16)
  await policy({ quietHours: { from: clock(-1), to: clock(2), weekends: false } })
  const id = await talk()
  await close(id)
  await becomes(id, 'scheduled')
  await expect.poll(async () => (await latest(id)).reason).toMatch(/quiet/)
  expect(Date.parse((await latest(id)).dueAt)).toBeGreaterThan(Date.now())
  expect(sent()).toEqual([])
})

test('a policy that changes before it is due counts', async () => {
  await settings({ delay: 3600 })
  const id = await talk()
  await close(id)
  await becomes(id, 'scheduled')
  await policy({ sample: 0 })
  await settings({ delay: 0 })
  await becomes(id, 'skipped')
  expect(sent()).toEqual([])
})

test.each([
  ['the first step', /POST \/drafts$/],
  ['the second step', /to$/],
  ['the last step', /send$/],
])('when the answer to %s is lost after the work was done, the customer is asked once', async (_, call) => {
  provider.troubles.push({ call, status: 502, isAfterwards: true })
  const id = await talk()
  await close(id)
  await becomes(id, 'requested')
  expect(sent()).toMatchObject([{ sends: 1 }])
})

test('an outage passes; a refusal is final and says why; too many calls wait as long as the provider wants', async () => {
  provider.troubles.push(
    { call: /drafts$/, status: 503 },
    { call: /send$/, status: 429, headers: { 'retry-after': '600' } },
  )
  const id = await talk()
  await close(id)
  await expect
    .poll(async () => {
      await desk.owner.query(
        `update survey_requests set due_at = now() where org_id = $1 and due_at < now() + interval '2 minutes'`,
        [org.id],
      )
      return (await latest(id))?.reason
    })
    .toMatch(/429/)
  expect(Date.parse((await latest(id)).dueAt)).toBeGreaterThan(Date.now() + 500_000)
  await desk.owner.query('update survey_requests set due_at = now() where org_id = $1', [org.id])
  await becomes(id, 'requested')
  provider.refused.set('no@example.com', 'bounced')
  const other = (await org.call('POST', '/v1/customers', { emails: [{ email: 'no@example.com' }] })).body.data.id
  const second = await talk({ customer: other })
  await close(second)
  expect((await becomes(second, 'bounced')).reason).toMatch(/does not want/)
  const third = await talk({ customer: other })
  await close(third)
  expect((await becomes(third, 'skipped')).reason).toMatch(/not to be asked/)
})

test('what fails for good can be tried again by hand, and what is scheduled can be stopped', async () => {
  provider.troubles.push({ call: /drafts$/, status: 400 })
  const id = await talk()
  await close(id)
  await becomes(id, 'failed')
  const [failed] = await requests(id)
  expect((await org.call('POST', `/v1/survey-requests/${failed.id}/attempts`)).status).toBe(202)
  await becomes(id, 'requested')
  await settings({ delay: 3600 })
  await policy({ perCustomer: { most: 0, days: 1 } })
  const second = await talk()
  await close(second)
  await becomes(second, 'scheduled')
  const [scheduled] = await requests(second)
  await org.call('POST', `/v1/survey-requests/${scheduled.id}/cancellation`)
  expect(await latest(second)).toMatchObject({ state: 'canceled', reason: 'Stopped by hand.' })
  expect((await org.call('POST', `/v1/survey-requests/${scheduled.id}/cancellation`)).status).toBe(422)
})

test('an answer is the customer’s, is credited as the close was, and opens nothing again', async () => {
  const before = (await org.call('POST', '/v1/users', { name: 'Kim', email: `kim-${org.id}@example.com` })).body.data.id
  const after = (await org.call('POST', '/v1/users', { name: 'Bo', email: `bo-${org.id}@example.com` })).body.data.id
  const id = await talk({ assignedUsers: [before] })
  await close(id)
  await becomes(id, 'requested')
  await org.call('PUT', `/v1/conversations/${id}`, { assignedUsers: [after] })
  const [ref = ''] = [...provider.drafts.keys()]
  await post(installation.url, { event: 'opened', ref })
  await becomes(id, 'opened')
  await post(installation.url, { event: 'answered', ref, score: 2, id: 'a1' })
  const answered = await becomes(id, 'answered')
  const feedback = (await org.call('GET', `/v1/feedback/${answered.feedback}`)).body.data
  expect(feedback.relationships.customer.data.id).toBe(customer)
  const { rows } = await desk.owner.query('select credited_users from feedback where id = $1', [answered.feedback])
  expect(rows[0].credited_users).toEqual([before])
  expect((await org.call('GET', `/v1/conversations/${id}`)).body.data.attributes.status).toBe('done')
  await post(installation.url, { event: 'sent', ref }) // late
  await org.settled()
  expect((await latest(id)).state).toBe('answered')
})

test('answers that nobody told us of are found by looking', async () => {
  const id = await talk()
  await close(id)
  await becomes(id, 'requested')
  const [ref = ''] = [...provider.drafts.keys()]
  provider.answers.push({ id: 'a2', ref, score: 5, at: new Date() })
  await desk.owner.query('update survey_polls set next_at = now() where org_id = $1', [org.id])
  expect((await becomes(id, 'answered')).feedback).toEqual(expect.any(String))
})

test('a list of answers that breaks off keeps the pages before, and goes on there', async () => {
  const at = new Date()
  provider.answers.push({ id: 'p1', ref: 'none', score: 5, at }, { id: 'p2', ref: 'none', score: 4, at })
  provider.list = { pageSize: 1, breaksOffAt: 1 }
  await desk.owner.query('update survey_polls set next_at = now() where org_id = $1', [org.id])
  const poll = async () =>
    (await desk.owner.query('select cursor, failures, reason from survey_polls where org_id = $1', [org.id])).rows[0]
  await expect.poll(poll).toEqual({ cursor: '1', failures: 1, reason: 'The list broke off.' })
  provider.list = { pageSize: 1 }
  await desk.owner.query('update survey_polls set next_at = now() where org_id = $1', [org.id])
  await expect.poll(poll).toEqual({ cursor: '2', failures: 0, reason: null })
})

test('what nobody answers for two months is over, and an answer that comes later is taken all the same', async () => {
  const id = await talk()
  await close(id)
  await becomes(id, 'requested')
  await desk.owner.query(`update survey_requests set requested_at = now() - interval '61 days' where org_id = $1`, [
    org.id,
  ])
  await desk.owner.query('update survey_polls set next_at = now() where org_id = $1', [org.id])
  await becomes(id, 'expired')
  const [ref = ''] = [...provider.drafts.keys()]
  await post(installation.url, { event: 'answered', ref, score: 4, id: 'late' })
  expect((await becomes(id, 'answered')).feedback).toEqual(expect.any(String))
})

test('a close by nobody in particular is decided about, too', async () => {
  const id = await talk()
  await desk.owner.query(
    `insert into close_events (org_id, id, conversation_id, customer_id, closed_at, closed_by_type, assigned_users, assigned_teams, closed_by_teams,
       channels, tags, priority)
     values ($1, $2, $3, $4, now(), 'machine', '{}', '{}', '{}', '{}', '{}', 3)`,
    [org.id, 'c'.repeat(24), id, customer],
  )
  expect((await becomes(id, 'canceled')).reason).toMatch(/opened again/) // it was never closed
})

test('what is imported is never asked about', async () => {
  const { body } = await org.call('POST', '/v1/conversations', {
    customer,
    status: 'done',
    importedAt: '2020-01-01T00:00:00Z',
  })
  const told = await talk()
  await close(told)
  await becomes(told, 'requested')
  expect(await requests(body.data.id)).toEqual([])
})

test('a review’s conversation is not asked about', async () => {
  const id = await talk()
  await post(installation.url, { event: 'answered', ref: 'none', score: 2 })
  await org.settled()
  await desk.owner.query('update feedback set conversation_id = $2 where org_id = $1', [org.id, id])
  await close(id)
  expect((await becomes(id, 'skipped')).reason).toMatch(/review/)
})

test('a dry run says who would have been asked and why not the others, and sends nothing', async () => {
  await policy({ perCustomer: { most: 0, days: 1 }, sample: 0 })
  const ids = [await talk(), await talk(), await talk()]
  for (const id of ids) {
    await close(id, id === ids[0] ? { withoutSurvey: true } : {})
    await becomes(id, 'skipped')
  }
  const run = async (change: object) =>
    (await org.call('POST', '/v1/survey-policy/dry-run', { policy: { ...everybody, ...change } })).body.data
  expect(await run({ perCustomer: { most: 0, days: 1 } })).toMatchObject({
    closes: 3,
    installations: [{ asked: 2, skipped: [{ rule: 'veto', count: 1 }] }],
  })
  expect(await run({ perCustomer: { most: 1, days: 30 } })).toMatchObject({
    installations: [
      { asked: 1, skipped: expect.arrayContaining([expect.objectContaining({ rule: 'fatigue', count: 1 })]) },
    ],
  })
  expect(sent()).toEqual([])
})

test('of ten who change the policy at the same moment one wins, and the others are told', async () => {
  const fresh = await desk.newOrg() // nobody has changed its policy yet
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, sample) =>
      fresh.call('PUT', '/v1/survey-policy', { policy: { sample }, rev: 0 }).then((it) => it.status),
    ),
  )
  expect(replies.filter((it) => it === 200)).toHaveLength(1)
  expect(replies.filter((it) => it === 409)).toHaveLength(9)
})

test('an address that was erased while an answer of the provider was awaited ends the request', async () => {
  const id = await talk()
  await settings({ delay: 3600 })
  await close(id)
  await becomes(id, 'scheduled')
  await desk.owner.query(
    `update survey_requests set address = null, attempted_at = now(), attempts = 1, due_at = now() where org_id = $1`,
    [org.id],
  )
  expect((await becomes(id, 'failed')).reason).toMatch(/address is gone/)
  expect(sent()).toEqual([])
})

test('settings that the provider does not take are refused by their name', async () => {
  const reply = await org.call('PUT', `/v1/apps/installations/${installation.id}`, { settings: { key: 'bad' } })
  expect(reply).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/settings/key' } }] } })
})

test('a policy with what makes no sense is refused by its name; two who change it at once cannot both win silently', async () => {
  const wrong = await org.call('PUT', '/v1/survey-policy', { policy: { quietHours: { from: '25:00', to: '08:00' } } })
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/policy/quietHours/from' } }] } })
  const { rev } = (await org.call('GET', '/v1/survey-policy')).body.data
  await policy({ sample: 50 })
  expect((await org.call('PUT', '/v1/survey-policy', { policy: {}, rev })).status).toBe(409)
})

test('requests are found by what became of them and of their close, and lead to customers, conversations and answers', async () => {
  const [asked, vetoed] = [await talk(), await talk({ name: 'Late parcel' })]
  await close(asked)
  await becomes(asked, 'requested')
  await close(vetoed, { withoutSurvey: true })
  await becomes(vetoed, 'skipped')
  const search = async (queryContext: string, ...and: object[]) =>
    (await org.call('POST', '/v1/customers/search', { queryContext, and })).body
  const conversations = ({ data }: Awaited<ReturnType<typeof search>>) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- replies are read as programs read them
    data.map((it: any) => it.relationships.conversation.data.id)

  expect(conversations(await search('survey'))).toEqual([vetoed, asked]) // the newest close first
  const skipped = await search('survey', { survey_state: { in: ['skipped', 'canceled'] } })
  expect(conversations(skipped)).toEqual([vetoed])
  expect(skipped.data[0]).toMatchObject({
    type: 'survey_request',
    attributes: { state: 'skipped', installation: installation.id },
  })
  expect(conversations(await search('survey', { survey_reason: { contains: 'without a survey' } }))).toEqual([vetoed])
  expect(
    conversations(
      await search('survey', { customer_any_text: { contains: 'berg' } }, { survey_requested_at: { within: '1h' } }),
    ),
  ).toEqual([asked])
  expect(
    (await search('customer', { survey_state: { equals: 'requested' } })).data.map((it: { id: string }) => it.id),
  ).toEqual([customer])
  expect(
    (await search('conversation', { survey_state: { equals: 'skipped' } })).data.map((it: { id: string }) => it.id),
  ).toEqual([vetoed])

  const [ref] = provider.drafts.keys()
  await post(installation.url, { event: 'answered', ref, score: 2, id: 'found' })
  const { feedback } = await becomes(asked, 'answered')
  const badly = await search('survey', { feedback_score: { lte: 2 } })
  expect(badly.data.map((it: { attributes: { feedback: string } }) => it.attributes.feedback)).toEqual([feedback])
  expect(
    (await search('kobject', { survey_state: { equals: 'answered' } })).data.map((it: { id: string }) => it.id),
  ).toEqual([feedback])
})
