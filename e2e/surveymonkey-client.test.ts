import { createRequire } from 'node:module'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

// A client that others have published, against our simulator: what the simulator says is what that client expects.

type Callback = (error: Error | null, answer: unknown) => void
type Call = (parameters: Record<string, unknown>, callback: Callback) => void
type Client = { httpUri: string } & Record<
  | 'getSurveyList'
  | 'getSurveyDetails'
  | 'getCollectorList'
  | 'getUserDetails'
  | 'getRespondentListBulk'
  | 'getResponseCounts',
  Call
>
/** It has no types, and is made for `require`. */
const SurveyMonkey = (
  createRequire(import.meta.url)('surveymonkey') as { SurveyMonkeyAPI: new (token: string, options: object) => Client }
).SurveyMonkeyAPI

let desk: DeskProcess

beforeAll(async () => {
  desk = await newDesk()
  await desk.start(['--simulators'])
})
afterAll(() => desk[Symbol.asyncDispose]())

function client(token: string): Client {
  const made = new SurveyMonkey(token, {})
  made.httpUri = `${desk.address}/simulators/surveymonkey/us`
  return made
}

function ask(made: Client, name: Exclude<keyof Client, 'httpUri'>, parameters: Record<string, unknown> = {}) {
  return new Promise((resolve, reject) => {
    made[name](parameters, (error, answer) => (error === null ? resolve(answer) : reject(error)))
  })
}

test('it lists surveys, collectors, questions and responses', async () => {
  const monkey = client('demo-token')
  expect(await ask(monkey, 'getUserDetails')).toMatchObject({ email: 'nora@nordlicht.example' })
  expect(await ask(monkey, 'getSurveyList')).toMatchObject({ data: [{ id: '311000001', title: 'How did we do?' }, {}] })
  expect(await ask(monkey, 'getCollectorList', { id: '311000001', include: 'type,status' })).toMatchObject({
    data: [{ id: '211000001', type: 'email' }, { type: 'weblink' }],
  })
  expect(await ask(monkey, 'getSurveyDetails', { id: '311000001' })).toMatchObject({
    pages: [{ questions: [{ headings: [{ heading: 'How satisfied were you?' }] }, {}] }],
  })
  expect(await ask(monkey, 'getRespondentListBulk', { id: '311000001', simple: true })).toMatchObject({
    data: [],
    total: 0,
  })
  expect(await ask(monkey, 'getResponseCounts', { id: '211000001' })).toMatchObject({ total: 0 })
})

test('a wrong token is answered with SurveyMonkey’s own error', async () => {
  expect(await ask(client('wrong'), 'getSurveyList')).toMatchObject({ error: { id: '1011', http_status_code: 401 } })
})
