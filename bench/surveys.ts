import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type pg from 'pg'

import { createClient } from '../client/index.ts'
import { loadCatalog } from '../src/core/apps/catalog.ts'
import { startDeskProcess } from './desk.ts'
import { median } from './figures.ts'
import type { Figures } from './figures.ts'
import { connectOwner } from './target.ts'
import type { Target } from './target.ts'

const few = 1_000
const many = 1_000_000
const closes = 1_000
const rounds = 5
const dueRounds = 10
const answers = 100_000
const pages = 20
const monthSeconds = 2_592_000

/** Deciding about closes with few and with many requests that wait, how soon one that is due is taken, and the scores page. */
export async function measureSurveys(target: Target, figures: Figures): Promise<void> {
  const catalog = await loadCatalog(fileURLToPath(new URL('../integrations', import.meta.url)))
  const app = catalog.list().find(({ integration }) => integration.surveys !== undefined)?.integration
  if (app === undefined) {
    throw new Error('no integration that asks')
  }
  await using desk = await startDeskProcess(target.dataFolder, target.port, 'both', ['--simulators'])
  await using owner = await connectOwner(target)
  const { client } = owner
  const api = createClient({ baseUrl: desk.address, token: target.adminToken })
  const settings = { ...app.simulator.settings, delay: monthSeconds }
  const { data: installation } = await api.call('POST /v1/apps/install', { body: { app: app.id, settings } })
  await api.call('PUT /v1/survey-policy', {
    body: { policy: { closedBy: ['agent', 'automatic'], perCustomer: { most: 1_000, days: 30 } } },
  })
  // Some providers ask about an agent alone, and know them by their address.
  const { data: agent } = await api.call('POST /v1/users', { body: { name: 'Kim', email: 'kim@example.com' } })
  const of = { org: target.orgId, app: app.id, installation: installation.id }
  await fillPeople(client, of.org)

  await fillPending(client, of, few)
  const small = await decideRounds(client, of.org, agent.id)
  await fillPending(client, of, many - few)
  const large = await decideRounds(client, of.org, agent.id)
  figures.note(`deciding about ${closes} closes beside ${few} that wait, in ms`, small)
  figures.note(`deciding about ${closes} closes beside ${many} that wait, in ms`, large)
  figures.report(
    `scheduling beside ${many} pending requests against ${few}`,
    large / small,
    '×',
    'at most 1.3',
    large / small <= 1.3,
  )

  const waits: number[] = []
  for (let round = 0; round < dueRounds; round++) {
    waits.push(await pickUp(client, of))
  }
  const slowest = Math.max(...waits)
  figures.note('a due request is taken, median in ms', median(waits))
  figures.report('a due request beside a million is taken, slowest', slowest, 'ms', 'under 2000', slowest < 2_000)

  await fillAnswers(client, of)
  const times: number[] = []
  for (const by of ['week', 'installation', 'agent', 'team', 'channel'] as const) {
    const taken: number[] = []
    for (let page = 0; page < pages; page++) {
      const begin = performance.now()
      await api.call('GET /v1/scores', { query: { metric: 'csat', by, from: '2026-01-01', to: '2026-12-31' } })
      taken.push(performance.now() - begin)
    }
    figures.note(`scores of ${answers} answers by ${by}, median in ms`, median(taken))
    times.push(median(taken))
  }
  const worst = Math.max(...times)
  figures.report(`scores of ${answers} answers, the slowest grouping`, worst, 'ms', 'under 300', worst < 300)
}

interface Owned {
  org: string
  app: string
  installation: string
}

/** A thousand customers, each with a closed conversation. */
async function fillPeople(client: pg.Client, org: string): Promise<void> {
  await client.query(
    `insert into customers (org_id, id, name, emails) select $1, 'a' || lpad(to_hex(n), 23, '0'), 'Customer ' || n,
       jsonb_build_array(jsonb_build_object('email', 'c' || n || '@example.com')) from generate_series(1, $2::int) n`,
    [org, closes],
  )
  await client.query(
    `insert into conversations (org_id, id, customer_id, status, channels)
     select $1, 'b' || lpad(to_hex(n), 23, '0'), 'a' || lpad(to_hex(n), 23, '0'), 'done', '{email}' from generate_series(1, $2::int) n`,
    [org, closes],
  )
}

let filled = 0

/** Requests that are due in a month. */
async function fillPending(client: pg.Client, { org, app, installation }: Owned, count: number): Promise<void> {
  await client.query(
    `insert into survey_requests (org_id, id, app, installation_id, close_event_id, conversation_id, customer_id, state, decision, closed_at,
       assigned_users, assigned_teams, tags, due_at)
     select $1, 'c' || lpad(to_hex(n), 23, '0'), $2, $3, 'd' || lpad(to_hex(n), 23, '0'), 'e' || lpad(to_hex(n % 100000), 23, '0'), 'f' || lpad(to_hex(n % 100000), 23, '0'),
       'scheduled', '{"verdict":"ask","reason":"","rules":[]}', now() - make_interval(secs => n), '{}', '{}', '{}',
       now() + interval '29 days' + make_interval(secs => n)
     from generate_series($4::int + 1, $4::int + $5::int) n`,
    [org, app, installation, filled, count],
  )
  filled += count
  await client.query('vacuum analyze survey_requests')
}

/** Milliseconds from when closes are there until all are decided about; the middle of several rounds. */
async function decideRounds(client: pg.Client, org: string, agent: string): Promise<number> {
  const taken: number[] = []
  for (let round = 0; round < rounds; round++) {
    const prefix = Math.random().toString(16).slice(2, 6)
    const begin = performance.now()
    await client.query(
      `insert into close_events (org_id, id, conversation_id, customer_id, closed_at, closed_by_type, closed_how, assigned_users, assigned_teams,
         closed_by_teams, channels, tags, priority)
       select $1, rpad($3, 16, '0') || lpad(to_hex(n), 8, '0'), 'b' || lpad(to_hex(n), 23, '0'), 'a' || lpad(to_hex(n), 23, '0'), now(), 'machine', 'automatic',
         array[$4], '{}', '{}', '{email}', '{}', 3 from generate_series(1, $2::int) n`,
      [org, closes, prefix, agent],
    )
    await client.query(`select pg_notify('tellback_closes', $1)`, [org])
    for (;;) {
      const { rows } = await client.query<{ open: boolean }>(
        'select exists (select from close_events where org_id = $1 and decided_at is null) as open',
        [org],
      )
      if (rows[0]?.open !== true) {
        break
      }
      await sleep(5)
    }
    taken.push(performance.now() - begin)
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from survey_requests where org_id = $1 and close_event_id like $2 || '%' and state = 'scheduled'`,
      [org, prefix.padEnd(16, '0')],
    )
    if (rows[0]?.count !== closes) {
      throw new Error(`of ${closes} closes, ${rows[0]?.count} were scheduled`)
    }
  }
  return median(taken)
}

/** Milliseconds from when one request is due until it is taken. */
async function pickUp(client: pg.Client, { org, installation }: Owned): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    `update survey_requests set due_at = now(), closed_at = now() - interval '40 days' where (org_id, id) in (
       select org_id, id from survey_requests where org_id = $1 and installation_id = $2 and state = 'scheduled' order by due_at desc limit 1) returning id`,
    [org, installation],
  )
  const begin = performance.now()
  for (;;) {
    const found = await client.query<{ taken: boolean }>(
      `select state <> 'scheduled' or due_at > now() as taken from survey_requests where org_id = $1 and id = $2`,
      [org, rows[0]?.id],
    )
    if (found.rows[0]?.taken === true) {
      return performance.now() - begin
    }
    await sleep(10)
  }
}

/** Answers over half a year, credited to fifty agents in ten teams. */
async function fillAnswers(client: pg.Client, { org, app, installation }: Owned): Promise<void> {
  await client.query(
    `insert into kobjects (org_id, id, klass, title, version_at, source, created_at)
     select $1, '9' || lpad(to_hex(n), 23, '0'), 'answer', 'Answer', now(), $2, now() from generate_series(1, $3::int) n`,
    [org, installation, answers],
  )
  await client.query(
    `insert into feedback (org_id, id, app, installation_id, kind, metric, score, scale_min, scale_max, sentiment, trust, responded_at, version_at,
       credited_users, credited_teams, credited_channel)
     select $1, '9' || lpad(to_hex(n), 23, '0'), $2, $3, 'survey', 'csat', 1 + n % 5, 1, 5,
       case when n % 5 >= 3 then 'positive' when n % 5 = 2 then 'neutral' else 'negative' end, 'refetched',
       timestamptz '2026-01-01' + make_interval(mins => n * 2), now(), array['8' || lpad(to_hex(n % 50), 23, '0')], array['7' || lpad(to_hex(n % 10), 23, '0')],
       (array['email', 'chat', 'phone'])[1 + n % 3] from generate_series(1, $4::int) n`,
    [org, app, installation, answers],
  )
  await client.query('vacuum analyze feedback')
}
