import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import type { DeskProcess } from './server.ts'

/** The two shops that the simulated Trustpilot knows. */
export const outdoorShop = '5f1a2b3c4d5e6f7a8b9c0d1e'
export const kidsShop = '5f1a2b3c4d5e6f7a8b9c0d2f'

/** A simulated Trustpilot in the hands of a test. `provider` is the desk that simulates it. */
export function trustpilotOf(provider: () => DeskProcess) {
  const address = () => `${provider().address}/simulators/trustpilot/shop`

  async function submit(path: string, fields: Record<string, string>): Promise<Response> {
    return fetch(`${address()}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
      redirect: 'manual',
    })
  }

  return {
    address,
    submit,
    /** Changes how it behaves: `misbehave`, `webhooks`, `limits`, `consent`, `fill`, `revoke`, `expire`. */
    control: (action: string, body: object = {}) =>
      fetch(`${address()}/control/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    calls: async () => (await (await fetch(`${address()}/control/calls`)).json()) as string[],
    conversations: async () =>
      (await (await fetch(`${address()}/control/conversations`)).json()) as {
        state: string
        comments: { content: string }[]
      }[],
    /** A shopper writes a review; resolves to its id. */
    write: async (fields: Record<string, string>) =>
      ((await submit('/reviews', fields)).headers.get('location') ?? '').split('#')[1] ?? '',
    writeAboutProduct: async (fields: Record<string, string>) =>
      (await (await submit('/products', fields)).json()) as { id: string; consumer: { id: string } },
    subscribe: (url: string, unit = outdoorShop) => submit('/subscriptions', { url, unit }),
  }
}

export interface Installed {
  id: string
  /** Where Trustpilot sends its webhooks. */
  hook: string
}

/** A client that may do everything, and its key. */
export async function adminOf(desk: DeskProcess): Promise<{ api: Client; token: string }> {
  const token = await desk.newApiKey('org.admin', 'org.user')
  return { api: createClient({ baseUrl: desk.address, token }), token }
}

/** Installs the app and consents to it, as an admin does; the business unit is left to choose when `unit` is undefined. */
export async function connect(api: Client, token: string, unit?: string): Promise<Installed> {
  const { data } = await api.call('POST /v1/apps/install', {
    body: {
      app: 'trustpilot',
      settings: { apiKey: 'a-key', apiSecret: 'a-secret', ...(unit === undefined ? {} : { businessUnitId: unit }) },
    },
  })
  const { url } = (await api.call('POST /v1/apps/installations/{id}/connection', { params: { id: data.id } })).data
  const consent = new URL(url)
  consent.pathname = `${consent.pathname.replace(/\/$/, '')}/allow`
  const back = (await fetch(consent, { redirect: 'manual' })).headers.get('location') ?? ''
  await fetch(back, { redirect: 'manual', headers: { authorization: `Bearer ${token}` } })
  return { id: data.id, hook: data.attributes.hooks[0]?.url ?? '' }
}
