import type { ProviderReply, ProviderRequest } from '#sdk'

/** A review as the REST API gives it (facts B2). */
export interface RestBody {
  id: number
  author: unknown
  email: unknown
  title: unknown
  body: unknown
  rating: unknown
  reply: unknown
  dateReplied: unknown
  isPublicReply: boolean
  dateCreated: unknown
  productId: unknown
  productTitle: unknown
  verifiedType: unknown
  location: unknown
}

/** The same review in the names of the REST API. */
export function restBody(webhook: Record<string, unknown>): RestBody {
  return {
    id: Number(webhook['id']),
    author: webhook['author'],
    email: webhook['customerEmail'],
    title: webhook['reviewTitle'],
    body: webhook['reviewMessage'],
    rating: webhook['reviewRating'],
    reply: webhook['reviewReply'],
    dateReplied: webhook['dateReplied'],
    isPublicReply: true,
    dateCreated: webhook['dateCreated'],
    productId: webhook['productId'],
    productTitle: webhook['productName'],
    verifiedType: webhook['reviewVerifiedType'],
    location: webhook['location'],
  }
}

const path = /^\/api\/v2\/\w+\/dashboard\/reviews(?:\/(\d+))?(\/reply)?$/

/** The part of the API that is used: reading reviews, and the reply whose answer is the bare text. */
export function answerApi(reviews: Map<number, RestBody>, now: Date, request: ProviderRequest): ProviderReply {
  const [, id, isReply] = path.exec(request.path) ?? []
  if (!/^Basic \S+$/.test(request.headers['authorization'] ?? '')) {
    return { status: 401, body: { message: 'Unauthorized' } }
  }
  if (!path.test(request.path)) {
    return { status: 404, body: { message: 'Not found' } }
  }
  if (id === undefined) {
    return { status: 200, body: page(reviews, request.query) }
  }
  const review = reviews.get(Number(id))
  if (review === undefined) {
    return { status: 404, body: { message: 'Review not found' } }
  }
  if (isReply !== undefined && request.method === 'POST') {
    const { reply } = JSON.parse(request.body) as { reply: string }
    Object.assign(review, {
      reply,
      dateReplied: now.toISOString().replace('Z', ''),
      isPublicReply: request.query.get('isPrivate') !== 'true',
    })
    return { status: 200, body: JSON.stringify(reply) }
  }
  return { status: 200, body: review }
}

function page(reviews: Map<number, RestBody>, query: URLSearchParams) {
  const take = Number(query.get('take') ?? 50)
  const number = Math.max(1, Number(query.get('page') ?? 1))
  const all = [...reviews.values()].toReversed()
  const results = all
    .slice((number - 1) * take, number * take)
    .map((review) => ({ review, customer: { firstName: review.author, lastName: '', email: review.email } }))
  return { page: number, total: all.length, totalPages: Math.max(1, Math.ceil(all.length / take)), results }
}
