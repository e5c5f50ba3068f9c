import { randomUUID } from 'node:crypto'

import { createRandom, escapeHtml, simulatorPage } from '#sdk'
import type { ProviderReply, ProviderRequest, SimulatedRequest, Simulator } from '#sdk'

import type { Settings } from './schema.ts'
import { answerApi, returnOf } from './simulator-api.ts'
import { createState, keys, nextSequence } from './simulator-state.ts'
import type { Misbehaviour, ProfileStatus, State, StoredRequest } from './simulator-state.ts'

const comments: Record<number, [string, ...string[]]> = {
  1: ['Nobody knew my order.'],
  2: ['Friendly, but it took days.'],
  3: ['All right.'],
  4: ['Quick help.', 'Very kind.'],
  5: ['Robin was wonderful!', 'Solved in five minutes.'],
}

export const simulator: Simulator<Settings> = {
  settings: { stellaKey: keys.production, stellaSecret: keys.secret, delay: 120 },
  test: (settings, now) =>
    request(answered('test', now, 5, 'This is a test.', { name: 'Tess', email: 'tess@example.com' }), settings),
  history: (settings, { seed, people, until, perPerson }) => {
    const random = createRandom(seed + 1)
    return people.flatMap((person, index) =>
      Array.from({ length: perPerson }, (_, turn) => {
        const at = new Date(until.getTime() - random.between(1, 80) * 86_400_000)
        const stars = random.pick([1, 2, 3, 4, 5, 5, 5])
        const who = { name: person.name ?? '', email: person.email ?? '' }
        return request(
          answered(`${seed}-${index}-${turn}`, at, stars, random.pick(comments[stars] ?? ['Fine.']), who),
          settings,
        )
      }),
    )
  },
  provider: (world) => {
    const state = createState(world)
    return {
      handle: (asked) => (asked.host === 'api' ? answerApi(state, asked) : answerPages(state, asked)),
    }
  },
}

function answered(
  id: string,
  at: Date,
  stars: number,
  comment: string,
  customer: { name: string; email: string },
): StoredRequest {
  return {
    uuid: `history-${id}`,
    sequenceId: 1,
    interaction: `history-${id}`,
    url: '',
    channel: 'email',
    brand: 'default',
    tags: [],
    employee: 'agent@tellback.invalid',
    customer,
    createdAt: at,
    status: 'Sent',
    sentAt: at,
    receivedAt: at,
    stars,
    comment,
    reward: undefined,
  }
}

function request(stored: StoredRequest, settings: Settings): SimulatedRequest {
  return {
    webhook: 'responses',
    headers: { 'content-type': 'application/json', 'x-api-key': settings.stellaKey ?? keys.production },
    body: JSON.stringify(returnOf(stored)),
  }
}

/** The mails that customers get, the survey behind each, and what a test has in hand. */
function answerPages(state: State, { method, path, query, body }: ProviderRequest): ProviderReply {
  if (path.startsWith('/control/')) {
    return answerControl(state, path.slice('/control/'.length), body)
  }
  const asked = state.requests.find((it) => it.uuid === query.get('id'))
  if (asked === undefined) {
    return { status: path === '/' ? 200 : 404, body: path === '/' ? mailbox(state) : simulatorPage('Not found', '') }
  }
  if (method === 'GET') {
    const choices = [1, 2, 3, 4, 5].map(
      (stars) => `<label class="choice"><input type="radio" name="stars" value="${stars}" required> ${stars}</label>`,
    )
    const form = `<form method="post"><fieldset><legend>Rate your experience with ${escapeHtml(asked.employee)}</legend>${choices.join('')}</fieldset>
      <label>Comment <textarea name="comment" rows="3"></textarea></label><button>Submit</button></form>`
    return { status: 200, body: simulatorPage('How did we do?', form) }
  }
  const form = new URLSearchParams(body)
  // Any change gives a new sequence id (facts B4.1); a submitted survey is finished.
  Object.assign(asked, {
    stars: Number(form.get('stars')),
    comment: form.get('comment') ?? undefined,
    receivedAt: state.world.now(),
    sequenceId: nextSequence(state),
  })
  return { status: 200, body: simulatorPage('Thank you!', '<p>Your answer was sent.</p>') }
}

function answerControl(state: State, action: string, body: string): ProviderReply {
  const given = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>
  switch (action) {
    case 'misbehave':
      state.misbehaviours.push(given as unknown as Misbehaviour)
      break
    case 'weather':
      Object.assign(state.weather, given)
      break
    case 'set':
      Object.assign(state, given)
      break
    case 'employee':
      state.employees.set(String(given['email']).toLowerCase(), given['status'] as ProfileStatus)
      break
    case 'address':
      ;(given['is'] === 'bounced' ? state.bounced : state.unsubscribed).add(String(given['email']).toLowerCase())
      break
    case 'requests':
      return { status: 200, body: state.requests.map(returnOf) }
    case 'test-requests':
      return { status: 200, body: state.testRequests.map(returnOf) }
    case 'calls':
      return { status: 200, body: state.calls }
    default:
      return { status: 404, body: { id: randomUUID() } }
  }
  return { status: 200, body: {} }
}

function mailbox(state: State): string {
  const mails = state.requests.toReversed().map(
    (
      it,
    ) => `<article><b>To ${escapeHtml(it.customer.email)}</b>: How did ${escapeHtml(it.employee)} do?<p class="small">${escapeHtml(it.status)}, ${it.createdAt.toISOString()}</p>
      ${it.sentAt === undefined ? '' : `<a class="button" href="${state.world.addressOf('pages')}/s?id=${it.uuid}">Begin the survey</a>`}
      ${it.receivedAt === undefined ? '' : '<b>Answered</b>'}</article>`,
  )
  const tests = state.testRequests.length === 0 ? '' : `<p>${state.testRequests.length} test requests.</p>`
  return simulatorPage(
    'Surveys',
    `<p>A simulated Stella Connect: the mails that customers get.</p>${tests}${mails.join('') || '<p>Nobody was asked yet.</p>'}`,
  )
}
