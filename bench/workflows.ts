import { setTimeout as sleep } from 'node:timers/promises'

import { startDeskProcess } from './desk.ts'
import { median } from './figures.ts'
import type { Figures } from './figures.ts'
import { load } from './load.ts'
import { connectOwner } from './target.ts'
import type { Owner, Target } from './target.ts'

const workflows = 100
const events = 100_000 // with workflows, and as many without
const connections = 8
const roundSeconds = 20
const people = 500
const matchingShare = 100 // one event in so many is one that the matching workflow is about
const idleEvents = 50
const goalRatio = 1.5
const goalLatencyMs = 250

type Call = (method: string, path: string, body?: object) => Promise<{ data: { id: string } }>

/**
 * What an event costs, all that follows from it included: customers get notes by the API, in turn with nobody who listens and with a
 * hundred workflows that all listen to just this event, one of which has a condition that holds, for a hundredth of them and for all. And how
 * long it takes from an event to the first step while nothing else happens.
 */
export async function measureWorkflows(target: Target, figures: Figures): Promise<void> {
  await using desk = await startDeskProcess(target.dataFolder, target.port, 'both')
  await using owner = await connectOwner(target)
  const call: Call = async (method, path, body) => {
    const reply = await fetch(desk.address + path, {
      method,
      headers: {
        authorization: `Bearer ${target.adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!reply.ok) {
      throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`)
    }
    return (await reply.json()) as { data: { id: string } }
  }
  const talks: string[] = []
  for (let n = 0; n < people; n++) {
    const customer = await call('POST', '/v1/customers', { name: `Listener ${n}` })
    talks.push((await call('POST', '/v1/conversations', { customer: customer.data.id, name: 'Talk' })).data.id)
  }
  const ids: string[] = []
  for (let n = 0; n < workflows; n++) {
    ids.push((await call('POST', '/v1/workflows', listener(n))).data.id)
  }
  let next = 1
  /** So many notes as there is time for, and everything that follows from them; milliseconds for each. */
  const round = async () => {
    const begun = performance.now()
    const { requests } = await load(desk.address, target.dataFolder, connections, roundSeconds, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
      paths: talks.map((id) => `/v1/conversations/${id}/notes`),
      body: `{"body":"note {n} of {n%${matchingShare}}."}`,
      first: next,
    })
    next += requests + 10 * connections
    await quiet(owner)
    return { requests, cost: (performance.now() - begun) / requests }
  }
  const turn = async (matching: number | undefined) => {
    for (const [n, id] of ids.entries()) {
      const pattern = n > 0 ? 'never' : matching === 1 ? 'note' : 'of 0.'
      await call(
        'PUT',
        `/v1/workflows/${id}`,
        matching === undefined ? { enabled: false } : { ...listener(n, pattern), enabled: true },
      )
    }
    await owner.client.query('checkpoint')
  }
  for (const [name, matching] of [
    [`one event in ${matchingShare} matches`, matchingShare],
    ['every event matches', 1],
  ] as const) {
    const ratios: number[] = []
    let [withThem, without] = [0, 0]
    while (withThem < events || without < events) {
      await turn(undefined)
      const quietly = await round()
      await turn(matching)
      const listened = await round()
      without += quietly.requests
      withThem += listened.requests
      ratios.push(listened.cost / quietly.cost)
      figures.note(
        `${name}: cost of an event with workflows against without, round ${ratios.length}`,
        ratios.at(-1) ?? Number.NaN,
      )
      if (matching === 1 && ratios.length === 2) {
        break // beside the goal; two rounds say what a run for each event costs
      }
    }
    figures.note(`${name}: events with workflows`, withThem)
    const ratio = median(ratios)
    if (matching === matchingShare) {
      figures.report(
        'cost of an event with 100 workflows',
        ratio,
        '×',
        `below ${goalRatio} of that without`,
        ratio < goalRatio,
      )
    } else {
      figures.note(`${name}: cost of an event with 100 workflows`, ratio)
    }
  }
  const latency = await latencyOf(call, owner, talks[0] ?? '')
  figures.report(
    'from an event to the first step, idle',
    latency,
    'ms',
    `below ${goalLatencyMs}, median`,
    latency < goalLatencyMs,
  )
}

/** A workflow that listens to notes, and takes one step for those that say something. */
function listener(n: number, says = 'never'): object {
  return {
    name: `Listener ${n}`,
    trigger: {
      eventName: 'kustomer.note.create',
      transitions: [{ target: 'find', condition: { op: 'contains', values: ['/#steps.1.body', says] } }],
    },
    steps: [{ id: 'find', action: 'kustomer.conversation.find', params: { id: '/#steps.1.conversation' } }],
  }
}

/** Waits until every event was looked at and every run has ended. */
async function quiet(owner: Owner): Promise<void> {
  for (;;) {
    const { rowCount } = await owner.client.query(
      `(select from workflow_inbox limit 1) union all (select from workflow_runs where due_at is not null limit 1)`,
    )
    if (rowCount === 0) {
      return
    }
    await sleep(20)
  }
}

/** Milliseconds from a note's event to the end of the first step, the middle of many. */
async function latencyOf(call: Call, owner: Owner, talk: string): Promise<number> {
  for (let n = 0; n < idleEvents; n++) {
    await call('POST', `/v1/conversations/${talk}/notes`, { body: 'note of latency' })
    await sleep(200)
  }
  await quiet(owner)
  const { rows } = await owner.client.query<{ ms: number }>(
    `select (extract(epoch from s.at - e.created_at) * 1000)::float8 as ms from workflow_runs r
       join workflow_run_steps s on s.org_id = r.org_id and s.run_id = r.id
       join events e on e.org_id = r.org_id and e.id = r.event_id order by r.id desc limit $1`,
    [idleEvents],
  )
  return median(rows.map((row) => row.ms))
}
