import { ProviderError } from '#sdk'
import type { Context, ProviderCall } from '#sdk'

import { CommentReply, hasKeys, ReviewPage, SingleReview, Token } from './schema.ts'
import type { ListedReview, Settings } from './schema.ts'

type Calling = Pick<Context<Settings>, 'http' | 'settings'>

export const missingKeys = 'Enter the app key and the secret key in the settings of Yotpo first.'
const perPage = 100 // seen in client code
const mostTokens = 1_000
const [unauthorized, notFound] = [401, 404]

/** Tokens last for days and are to be used again (facts 2.1); one for each pair of keys. */
const tokens = new Map<string, string>()

async function tokenOf({ http, settings }: Calling, isRefused: boolean): Promise<string> {
  if (!hasKeys(settings)) {
    throw new ProviderError('rejected', missingKeys)
  }
  const { storeId, apiSecret } = settings
  const name = JSON.stringify([storeId, apiSecret])
  const known = isRefused ? undefined : tokens.get(name)
  if (known !== undefined) {
    return known
  }
  const json = { client_id: storeId, client_secret: apiSecret, grant_type: 'client_credentials' }
  const answer = await http.send({ method: 'POST', host: 'api', path: '/oauth/token', json, isAuthorized: false })
  const token = Token.parse(answer.body).access_token
  if (tokens.size >= mostTokens) {
    tokens.clear()
  }
  tokens.set(name, token)
  return token
}

/** Signs in, whatever token is known. */
export async function signIn(calling: Calling): Promise<void> {
  await tokenOf(calling, true)
}

async function send(calling: Calling, call: Omit<ProviderCall, 'host' | 'json'> & { json?: object }): Promise<unknown> {
  const withToken = async (isRefused: boolean) => {
    const utoken = await tokenOf(calling, isRefused)
    const { json, query, ...rest } = call
    const given =
      json === undefined ? { query: { ...query, utoken } } : { query: query ?? {}, json: { utoken, ...json } }
    return (await calling.http.send({ host: 'api', ...rest, ...given, isAuthorized: false })).body
  }
  try {
    return await withToken(false)
  } catch (error) {
    if (error instanceof ProviderError && error.details.status === unauthorized) {
      return withToken(true)
    }
    throw error
  }
}

/** A page of the store's reviews, deleted ones among them; after the last there is an empty one (facts 2.3). */
export async function listReviews(
  calling: Calling,
  query: { page: number } | { since_id: number },
): Promise<ListedReview[]> {
  const path = `/v1/apps/${encodeURIComponent(calling.settings.storeId ?? '')}/reviews`
  const whole = { page: 1, count: perPage, deleted: 'true', ...query }
  return ReviewPage.parse(await send(calling, { method: 'GET', path, query: whole })).reviews
}

/**
 * A review as the store has it now; undefined for one that is gone. The list knows its author's address; a review that it does not show
 * yet (it may be an hour old, facts 2.2) is asked for by its number.
 */
export async function readReview(calling: Calling, id: string): Promise<ListedReview | undefined> {
  // [inferred] `since_id` gives what came after that number.
  const listed = (await listReviews(calling, { since_id: Number(id) - 1 })).find((review) => review.id === id)
  if (listed !== undefined) {
    return listed
  }
  try {
    const path = `/reviews/${encodeURIComponent(id)}`
    const { review } = SingleReview.parse(await send(calling, { method: 'GET', path })).response
    const { user, verified_buyer: isBuyer, ...known } = review
    return {
      ...known,
      updated_at: undefined,
      sku: undefined,
      name: user?.display_name,
      email: undefined,
      reviewer_type: isBuyer ? verifiedBuyer : undefined,
      escalated: false,
    }
  } catch (error) {
    if (error instanceof ProviderError && error.details.status === notFound) {
      return undefined
    }
    throw error
  }
}

/** How the list calls somebody who bought what they review (seen in code). */
export const verifiedBuyer = 'verified_buyer'

/** Says something under a review, or in place of what was said; resolves to its number. */
export async function comment(
  calling: Calling,
  { id, before, content, isPublic }: { id: string; before: string | undefined; content: string; isPublic: boolean },
): Promise<string> {
  const path = `/reviews/${encodeURIComponent(id)}/comments`
  const json = { comment: { content, public: isPublic } }
  const body = await send(
    calling,
    before === undefined
      ? { method: 'POST', path, json }
      : { method: 'PUT', path: `${path}/${encodeURIComponent(before)}`, json },
  )
  return CommentReply.parse(body).response.comment.id
}

/** Answers a question as the store. */
export async function answer(calling: Calling, id: string, content: string, isPublic: boolean): Promise<void> {
  const path = `/questions/${encodeURIComponent(id)}/answers`
  await send(calling, { method: 'POST', path, json: { comment: { content, public: isPublic } } })
}
