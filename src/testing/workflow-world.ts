import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, beforeAll, beforeEach, expect, vi } from 'vitest'

import { askAfterClose } from '../sdk/index.ts'
import { acmeReviews, connect } from './acme-reviews.ts'
import { acmeSurveys } from './acme-surveys.ts'
import type { AcmeSurveyProvider } from './acme-surveys.ts'
import { post, startTestDesk } from './desk.ts'
import type { Reply, TestDesk, TestOrg } from './desk.ts'

/** What another system got. */
interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A desk with an organisation for each test, another system that workflows call, and a provider of reviews. */
export interface WorkflowWorld {
  readonly desk: TestDesk
  readonly org: TestOrg
  /** Of the other system. */
  readonly address: string
  readonly received: Received[]
  /** What the other system answers next, oldest first; 200 with a number when nothing is left. */
  answers: { status: number; body: string }[]
  readonly acme: ReturnType<typeof acmeReviews>
  readonly surveys: AcmeSurveyProvider
}

/** Makes the world of a file of tests; to be called once, outside of every test. */
export function workflowWorld() {
  const acme = acmeReviews()
  const surveys = acmeSurveys()
  surveys.integration.workflows = { 'after-close': askAfterClose('Acme Surveys') }
  let desk: TestDesk
  let org: TestOrg
  let address = ''
  const world: WorkflowWorld = {
    get desk() {
      return desk
    },
    get org() {
      return org
    },
    get address() {
      return address
    },
    received: [],
    answers: [],
    acme,
    surveys: surveys.provider,
  }
  const otherSystem = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      world.received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      const answer = world.answers.shift() ?? { status: 200, body: '{"ok":true,"number":7}' }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
  })
  beforeAll(async () => {
    desk = await startTestDesk({ integrations: [acme.integration, surveys.integration], simulators: true })
    await new Promise<void>((resolve) => void otherSystem.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(otherSystem.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await desk[Symbol.asyncDispose]()
    otherSystem.closeAllConnections()
    await new Promise((resolve) => void otherSystem.close(resolve))
  })
  beforeEach(async () => {
    world.received.length = 0
    world.answers = []
    org = await desk.newOrg('Acme')
  })

  async function make(path: string, body: object): Promise<Reply['body']> {
    const { status, body: reply } = await org.call('POST', path, body)
    expect(status, JSON.stringify(reply)).toBeLessThan(300)
    return reply.data
  }

  /** Imports a workflow and switches it on. */
  async function workflow(parts: object): Promise<string> {
    return (await make('/v1/workflows', { name: 'A workflow', enabled: true, ...parts })).id as string
  }

  async function runsOf(id: string): Promise<Reply['body'][]> {
    return (await org.call('GET', `/v1/workflow-runs?workflow=${id}`)).body.data
  }

  /** Waits until a workflow has so many runs and none of them is under way; the newest first, each with its steps. */
  async function ended(id: string, count = 1): Promise<Reply['body'][]> {
    const runs = await vi.waitUntil(
      async () => {
        const found = await runsOf(id)
        return found.length >= count && found.every((it) => it.attributes.endedAt !== null) ? found : undefined
      },
      { timeout: 15_000, interval: 20 },
    )
    expect(runs).toHaveLength(count)
    return Promise.all(
      runs.map(async (it) => (await org.call('GET', `/v1/workflow-runs/${it.id}`)).body.data.attributes),
    )
  }

  async function customer(name = 'Ana'): Promise<string> {
    return (await make('/v1/customers', { name })).id
  }

  async function conversation(parts: object = {}): Promise<string> {
    return (await make('/v1/conversations', { customer: await customer(), name: 'Tent', ...parts })).id
  }

  /** The app is there, and has fetched what there was before; returns where its reviews are posted to. */
  async function connected(): Promise<string> {
    const { id, url } = await org.install('acme-reviews', { key: 'k', threshold: 0 })
    await connect(desk.desk, org, id)
    const running = async () =>
      (await desk.owner.query(`select from imports where org_id = $1 and state = 'running'`, [org.id])).rowCount
    await expect.poll(running).toBe(0)
    return url
  }

  /** A review is written at the simulated provider, which tells of it. */
  async function review(url: string, id: string, stars: number, text = 'It leaks.'): Promise<void> {
    const { reviews } = acme.provider
    reviews.set(id, { id, stars, text, author: 'Ana', email: 'ana@example.com', at: '2026-11-20T10:00:00Z' })
    await post(url, { id })
  }

  return Object.assign(world, { make, workflow, runsOf, ended, customer, conversation, connected, review })
}

/** A condition on a value of a step. */
export const when = (left: string, op: string, ...right: unknown[]) => ({ op, values: [`/#${left}`, ...right] })
