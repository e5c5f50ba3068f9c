import type { ProviderReply, ProviderRequest } from '#sdk'

import { reviewOf } from './simulator-state.ts'
import type { CallLimits, Misbehaviour, State, WebhookTrouble } from './simulator-state.ts'
import { troubleWebhooks } from './simulator-webhooks.ts'

/** What a test has in hand: how the provider goes wrong, and what reached it. `action` is the last part of the path. */
export async function answerControl(state: State, { body }: ProviderRequest, action: string): Promise<ProviderReply> {
  switch (action) {
    case 'misbehave':
      state.misbehaviours.push(JSON.parse(body) as Misbehaviour)
      break
    case 'webhooks':
      await troubleWebhooks(state, JSON.parse(body) as Partial<WebhookTrouble>)
      break
    case 'limits':
      Object.assign(state.limits, JSON.parse(body) as Partial<CallLimits>)
      break
    case 'consent':
      Object.assign(state, JSON.parse(body) as Partial<Pick<State, 'isStateEchoed'>>)
      break
    case 'fill':
      fill(state, (JSON.parse(body) as { count: number }).count)
      break
    case 'revoke':
      state.access.clear()
      state.refresh.clear()
      break
    case 'expire':
      state.access.clear()
      break
    case 'calls':
      return { status: 200, body: state.calls }
    case 'conversations':
      return { status: 200, body: [...state.conversations.values()] }
    default:
      return { status: 404, body: {} }
  }
  return { status: 200, body: {} }
}

/** So many reviews of the past, a minute apart, every second one invited. */
function fill(state: State, count: number): void {
  const now = state.world.now().getTime()
  for (let index = 0; index < count; index++) {
    const name = `Shopper ${index}`
    const written = reviewOf({
      name,
      stars: 1 + (index % 5),
      title: `Order number ${index}`,
      text: 'What I ordered came in time and is as it was described. I would order here again. '.repeat(
        1 + (index % 3),
      ),
      email: index % 2 === 0 ? `shopper${index}@example.com` : undefined,
      at: new Date(now - (index + 1) * 60_000),
    })
    state.reviews.set(written.id, written)
  }
}
