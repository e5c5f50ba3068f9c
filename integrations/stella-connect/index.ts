import { timingSafeEqual } from 'node:crypto'

import { askAfterClose, defineIntegration, defineWebhook } from '#sdk'
import type { Context } from '#sdk'

import { readAnyEmployee } from './api.ts'
import { surveys } from './ask.ts'
import { effectsOf, klass } from './returns.ts'
import { attributes, Refusal, Return, Settings } from './schema.ts'
import { simulator } from './simulator.ts'

/** What such a call would hold is not documented: one element of the data return is plausible. [inferred, facts B4.2] */
const responses = defineWebhook<Settings, Return>({
  title: 'Stella Connect responses',
  description:
    'Only where Stella Connect sets up real-time webhooks for you: answers are read back by themselves. The key goes into the header x-api-key.',
  payload: Return,
  secretHeaders: ['x-api-key'],
  verify: (request, { stellaKey }) =>
    stellaKey === undefined || isSame(request.headers['x-api-key'] ?? '', stellaKey) ? 'secret' : 'refused',
  handle: (returned) => effectsOf(returned),
})

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export default defineIntegration<Settings>({
  id: 'stella-connect',
  name: 'Stella Connect',
  version: '1.0.0',
  category: 'surveys',
  summary:
    'Asks customers about the agent who helped them, and puts every answer on their timeline. Now Medallia Agent Connect.',
  developer: 'Tellback',
  website: 'https://www.medallia.com',
  settings: Settings,
  klasses: { [klass]: { title: 'Stella Connect Answer', icon: 'star', color: '#7a2e8e', attributes } },
  customerAttributes: { latestStellaRatingNum: 'Latest Stella Connect rating' },
  webhooks: { responses },
  hosts: { api: 'https://api.stellaconnect.net' },
  surveys,
  workflows: { 'after-close': askAfterClose('Stella Connect') },
  fillIn: {
    apiUrl: ({ url }) => url,
    deskUrl: ({ url }) => url,
    apiKey: ({ newApiKey }) => newApiKey(['org.permission.tag.read']),
  },
  check: checkSettings,
  warningOf: ({ stellaKey, stellaSecret, isTest }) =>
    isTest
      ? 'The test key is in use: surveys go to the test address, and no answer comes.'
      : stellaKey !== undefined && stellaSecret === undefined
        ? 'Without the API secret, profiles are not checked before asking and no answer is read back.'
        : undefined,
  reasonOf: (_status, body) => {
    const refusal = Refusal.safeParse(body).data
    return refusal?.errors?.join(', ') ?? refusal?.message
  },
  simulator,
})

/** A wrong key and a wrong secret answer 403 alike (facts B1). */
async function checkSettings(context: Context<Settings>): Promise<Partial<Record<keyof Settings, string>>> {
  const { stellaKey, stellaSecret } = context.settings
  if (stellaKey === undefined || stellaSecret === undefined) {
    return {}
  }
  await readAnyEmployee(context)
  return {}
}
