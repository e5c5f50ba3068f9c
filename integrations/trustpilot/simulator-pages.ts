import { randomBytes } from 'node:crypto'

import type { ProviderReply, ProviderRequest } from '#sdk'

import { newestReviews, reviewById } from './simulator-api.ts'
import { businessUser, idOf, momentOf, newReviewId, reviewOf, unit } from './simulator-state.ts'
import type { Misbehaviour, State, StoredProductReview, StoredReview } from './simulator-state.ts'
import { announce, announceProduct, sendTest, subscribe, troubleWebhooks } from './simulator-webhooks.ts'

/** Where a business user allows an application to act for them (facts 1.2). */
export function answerConsent(state: State, { path, query }: ProviderRequest): ProviderReply {
  const redirectUri = query.get('redirect_uri') ?? ''
  const client = query.get('client_id') ?? ''
  const address = URL.parse(redirectUri)
  const isSafe = address !== null && (address.protocol === 'https:' || /^(localhost|127\.|\[::1\])/.test(address.host))
  if (client === '' || !isSafe || query.get('response_type') !== 'code') {
    return {
      status: 400,
      body: page('Not possible', '<p>client_id, an https redirect_uri and response_type=code are needed.</p>'),
    }
  }
  if (path === '/allow') {
    return { status: 302, headers: { location: consentTo(state, query).href } }
  }
  if (path === '/deny') {
    const answer = new URL(redirectUri)
    answer.searchParams.set('error', 'access_denied') // [inferred]
    answer.searchParams.set('state', query.get('state') ?? '')
    return { status: 302, headers: { location: answer.href } }
  }
  const asked = escape(query.toString())
  return {
    status: 200,
    body: page(
      'Allow access?',
      `<p>An application wants to read and answer the reviews of <b>${escape(unit.displayName)}</b>.</p>
       <p>You are <b>${businessUser.name}</b>, Admin.</p>
       <p><a class="button" href="allow?${asked}">Allow access</a> <a href="deny?${asked}">Deny</a></p>`,
    ),
  }
}

/** Grants what a consent page asks for; returns where the browser is sent. `state` is echoed. [inferred, facts 1.2] */
export function consentTo(state: State, query: URLSearchParams): URL {
  const redirectUri = query.get('redirect_uri') ?? ''
  const code = randomBytes(16).toString('hex')
  state.codes.set(code, { client: query.get('client_id') ?? '', redirectUri })
  const answer = new URL(redirectUri)
  answer.searchParams.set('code', code)
  const given = query.get('state')
  if (given !== null) {
    answer.searchParams.set('state', given)
  }
  return answer
}

/** The pages of a shopper who writes a review, and of the business that hears of it. */
export async function answerShop(state: State, request: ProviderRequest): Promise<ProviderReply> {
  const { method, path } = request
  const form = new URLSearchParams(request.body)
  const [, id = '', action = ''] = /^\/reviews\/(\w+)(?:\/(\w+))?$/.exec(path) ?? []
  const review = id === '' ? undefined : reviewById(state, id)
  const home = state.world.addressOf('shop')
  if (method === 'GET' && path === '/') {
    return { status: 200, body: shopPage(state) }
  }
  if (method === 'GET' && path === '/business') {
    return { status: 200, body: businessPage(state) }
  }
  if (method === 'POST' && path === '/control') {
    state.misbehaviours.push(JSON.parse(request.body) as Misbehaviour)
    return { status: 200, body: {} }
  }
  if (method === 'POST' && path === '/webhooks') {
    await troubleWebhooks(state, JSON.parse(request.body) as Partial<State['webhooks']>)
    return { status: 200, body: {} }
  }
  if (method === 'GET' && path === '/calls') {
    return { status: 200, body: state.calls }
  }
  if (method === 'POST' && path === '/fill') {
    fill(state, Number(form.get('count') ?? 0))
    return { status: 200, body: {} }
  }
  if (method === 'POST' && path === '/revoke') {
    state.access.clear()
    state.refresh.clear()
    return { status: 200, body: {} }
  }
  if (method === 'POST' && path === '/expire') {
    state.access.clear()
    return { status: 200, body: {} }
  }
  if (method === 'POST' && path === '/subscriptions') {
    subscribe(state, (form.get('url') ?? '').trim())
    return back(`${home}/business`)
  }
  if (method === 'POST' && path === '/test') {
    await sendTest(state)
    return back(`${home}/business`)
  }
  if (method === 'POST' && path === '/reviews') {
    const written = reviewOf({
      ...fieldsOf(form),
      email: form.get('email')?.trim() || undefined,
      at: state.world.now(),
    })
    state.reviews.set(written.id, written)
    await announce(state, 'service-review-created', written)
    return back(`${home}/#${written.id}`)
  }
  if (method === 'POST' && path === '/products') {
    const written = productReviewOf(form, state.world.now())
    state.productReviews.set(written.id, written)
    await announceProduct(state, 'product-review-created', written)
    return { status: 200, body: written }
  }
  if (method === 'GET' && path === '/conversations') {
    return { status: 200, body: [...state.conversations.values()] }
  }
  if (method === 'POST' && review !== undefined) {
    await changeReview(state, review, action, form)
    return back(`${home}/#${review.id}`)
  }
  return { status: 404, body: page('Not found', '<p>There is nothing here.</p>') }
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

async function changeReview(state: State, review: StoredReview, action: string, form: URLSearchParams): Promise<void> {
  if (action === 'delete') {
    state.reviews.delete(review.id)
    state.deletions.reviews.push({ reviewId: review.id, deletedAt: momentOf(state.world.now()) })
    await announce(state, 'service-review-deleted', { id: review.id })
    return
  }
  if (action === 'answer') {
    const open = review.findReviewer.requests.at(-1)
    if (open !== undefined) {
      open.status = 'Complete'
      open.consumerResponse = {
        name: form.get('name') || null,
        email: form.get('email') || null,
        phoneNumber: form.get('phone') || null,
        referenceId: form.get('referenceId') || null,
        address: null,
        message: null,
        submittedAt: momentOf(state.world.now()),
      }
    }
    return // no webhook announces it (facts 5)
  }
  const { stars, title, text } = fieldsOf(form)
  const changed = { ...review, stars, title, text, updatedAt: momentOf(state.world.now()) }
  state.reviews.set(review.id, changed)
  await announce(state, 'service-review-updated', changed)
}

function productReviewOf(form: URLSearchParams, at: Date): StoredProductReview {
  const { name, stars, text } = fieldsOf(form)
  return {
    id: newReviewId(),
    createdAt: momentOf(at),
    updatedAt: null,
    businessUnitId: unit.id,
    stars,
    content: text,
    language: 'en',
    referenceId: null,
    product: { id: 'p1', name: 'Two-person tent', sku: 'tent-2', productUrl: `https://${unit.identifyingName}/tent-2` },
    consumer: { id: idOf('consumer', name), email: form.get('email') ?? '', name },
    state: 'published',
    conversationId: null,
  }
}

function fieldsOf(form: URLSearchParams) {
  return {
    name: form.get('name')?.trim() || 'A shopper',
    stars: Math.min(5, Math.max(1, Number(form.get('stars') ?? 5) || 5)),
    title: form.get('title')?.trim() ?? '',
    text: form.get('text')?.trim() ?? '',
    referenceId: form.get('referenceId')?.trim() || undefined,
  }
}

function back(location: string): ProviderReply {
  return { status: 303, headers: { location } }
}

function shopPage(state: State): string {
  const home = state.world.addressOf('shop')
  const written = newestReviews(state, 0, 50)
  return page(
    `${unit.displayName}: reviews`,
    `<p>A simulated Trustpilot, as a shopper sees it. <a href="${home}/business">As the business sees it</a></p>
     <h2>Write a review</h2>
     <form method="post" action="${home}/reviews">${reviewFields()}
       <label>Your name <input name="name" required value="Mia Berg"></label>
       <label>E-mail of the invitation, if any <input name="email" type="email"></label>
       <label>Order number, if any <input name="referenceId"></label>
       <button>Publish review</button></form>
     ${written.map((review) => reviewArticle(home, review)).join('')}`,
  )
}

function reviewArticle(home: string, review: StoredReview): string {
  const { id, companyReply: reply, consumer, findReviewer } = review
  const asked = findReviewer.requests.at(-1)
  return `<article id="${id}"><h3>${'★'.repeat(review.stars)}${'☆'.repeat(5 - review.stars)} ${escape(review.title ?? '')}</h3>
    <p>${escape(review.text ?? '')}</p><p class="small">${escape(consumer.displayName ?? '')}, ${review.createdAt}${review.updatedAt === null ? '' : `, edited ${review.updatedAt}`}</p>
    ${reply === null ? '' : `<blockquote><b>Reply from ${escape(unit.displayName)}</b><br>${escape(reply.text)}</blockquote>`}
    ${
      asked?.status === 'Pending'
        ? `<form method="post" action="${home}/reviews/${id}/answer"><b>The business asks who you are.</b>
      <label>Name <input name="name" value="${escape(consumer.displayName ?? '')}"></label><label>E-mail <input name="email" type="email"></label>
      <label>Phone <input name="phone"></label><label>Order number <input name="referenceId"></label><button>Send answer</button></form>`
        : ''
    }
    <details><summary>Edit</summary><form method="post" action="${home}/reviews/${id}/edit">${reviewFields(review)}<button>Save changes</button></form>
    <form method="post" action="${home}/reviews/${id}/delete"><button>Delete review</button></form></details></article>`
}

function reviewFields(review?: StoredReview): string {
  const options = [1, 2, 3, 4, 5].map((it) => `<option${it === (review?.stars ?? 2) ? ' selected' : ''}>${it}</option>`)
  return `<label>Stars <select name="stars">${options.join('')}</select></label>
    <label>Title <input name="title" required value="${escape(review?.title ?? '')}"></label>
    <label>Text <textarea name="text" rows="3">${escape(review?.text ?? '')}</textarea></label>`
}

function businessPage(state: State): string {
  const home = state.world.addressOf('shop')
  const urls = new Set([...state.subscriptions.values()].flatMap((it) => [...it]))
  return page(
    'Webhook notifications',
    `<p>A simulated Trustpilot, as ${escape(unit.displayName)} sees it. <a href="${home}/">As a shopper sees it</a></p>
     <ul>${[...urls].map((url) => `<li>${escape(url)}</li>`).join('')}</ul>
     <form method="post" action="${home}/subscriptions"><label>Address <input name="url" type="url" required></label><button>Add subscription</button></form>
     <form method="post" action="${home}/test"><button>Test</button></form>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:720px;margin:2rem auto;padding:0 1rem;color:#1c2b27}article,form{border:1px solid #cdd8d4;border-radius:10px;padding:1rem;margin:1rem 0}
label{display:block;margin:.5rem 0}input,textarea,select{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}button,.button{font:inherit;background:#0a5c4c;color:#fff;border:0;border-radius:8px;padding:.5rem 1rem;text-decoration:none;cursor:pointer}
blockquote{border-left:4px solid #0a5c4c;margin:1rem 0;padding:.2rem 1rem;background:#eef5f2}.small{color:#51625c;font-size:.85rem}details form{border:0;padding:0}</style>
<h1>${escape(title)}</h1>${body}</html>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
