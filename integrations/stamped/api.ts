import { ProviderError } from '#sdk'
import type { Context, ProviderCall } from '#sdk'

import { hasKeys, RestPage, RestReview } from './schema.ts'
import type { Settings } from './schema.ts'

type Calling = Pick<Context<Settings>, 'http' | 'settings'>

const perPage = 100 // seen in client code
const notFound = 404

async function send({ http, settings }: Calling, call: Omit<ProviderCall, 'host'>): Promise<unknown> {
  if (!hasKeys(settings)) {
    throw new ProviderError('rejected', 'The API keys and the store hash are missing in the settings.')
  }
  const basic = Buffer.from(`${settings.publicKey}:${settings.privateKey}`).toString('base64')
  const path = `/api/v2/${settings.storeHash}/dashboard${call.path}`
  return (await http.send({ host: 'api', ...call, path, headers: { authorization: `Basic ${basic}` } })).body
}

/** A page of reviews; `isLast` by the number of pages where the answer has it, otherwise by a short page. */
export async function listReviews(calling: Calling, page: number) {
  const body = RestPage.parse(await send(calling, { method: 'GET', path: '/reviews', query: { page, take: perPage } }))
  const reviews = body.results.map(({ review, customer }) => ({ ...review, email: review.email ?? customer?.email }))
  const isLast = typeof body.totalPages === 'number' ? page >= body.totalPages : reviews.length < perPage
  return { reviews, isLast, total: body.total ?? undefined }
}

/** Undefined for one that the store does not have any more. */
export async function readReview(calling: Calling, id: string): Promise<RestReview | undefined> {
  try {
    return RestReview.parse(await send(calling, { method: 'GET', path: `/reviews/${encodeURIComponent(id)}` }))
  } catch (error) {
    if (error instanceof ProviderError && error.details.status === notFound) {
      return undefined
    }
    throw error
  }
}

/** Shown on the store, and mailed to nobody: a mail cannot be taken back (facts B2). */
export async function postReply(calling: Calling, id: string, reply: string): Promise<void> {
  const path = `/reviews/${encodeURIComponent(id)}/reply`
  await send(calling, { method: 'POST', path, query: { isPrivate: 'false', isEmail: 'false' }, json: { reply } })
}
