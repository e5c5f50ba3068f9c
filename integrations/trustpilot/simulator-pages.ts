import { escapeHtml, simulatorPage } from '#sdk'
import type { ProviderReply, ProviderRequest } from '#sdk'

import { newestReviews, reviewById } from './simulator-api.ts'
import { answerControl } from './simulator-control.ts'
import { idOf, momentOf, newReviewId, reviewOf, unit, units } from './simulator-state.ts'
import type { State, StoredProductReview, StoredReview } from './simulator-state.ts'
import { announce, announceProduct, sendTest, subscribe } from './simulator-webhooks.ts'

/** The pages of a shopper who writes a review, and of the business that hears of it. */
export async function answerShop(state: State, request: ProviderRequest): Promise<ProviderReply> {
  const { method, path } = request
  const form = new URLSearchParams(request.body)
  const [, kind = '', id = '', action = ''] = /^\/(reviews|products|consumers)\/(\w+)\/(\w+)$/.exec(path) ?? []
  const review = reviewById(state, id)
  const product = state.productReviews.get(id)
  const home = state.world.addressOf('shop')
  if (method === 'GET' && path === '/') {
    return { status: 200, body: shopPage(state) }
  }
  if (method === 'GET' && path === '/business') {
    return { status: 200, body: businessPage(state) }
  }
  if (path.startsWith('/control/')) {
    return answerControl(state, request, path.slice('/control/'.length))
  }
  if (method === 'POST' && path === '/subscriptions') {
    subscribe(state, (form.get('url') ?? '').trim(), unitOf(form).id)
    return back(`${home}/business`)
  }
  if (method === 'POST' && path === '/test') {
    await sendTest(state, unitOf(form).id)
    return back(`${home}/business`)
  }
  if (method === 'POST' && path === '/reviews') {
    const written = reviewOf({
      ...fieldsOf(form),
      email: form.get('email')?.trim() || undefined,
      about: unitOf(form),
      at: state.world.now(),
    })
    state.reviews.set(written.id, written)
    await announce(state, 'created', written)
    return back(`${home}/#${written.id}`)
  }
  if (method === 'POST' && path === '/products') {
    const written = productReviewOf(form, state.world.now())
    state.productReviews.set(written.id, written)
    await announceProduct(state, 'created', written)
    return { status: 200, body: written }
  }
  if (method === 'POST' && kind === 'products' && product !== undefined) {
    await changeProductReview(state, product, action, form)
    return { status: 200, body: product }
  }
  if (method === 'POST' && kind === 'consumers') {
    deleteAccount(state, id)
    return back(`${home}/`)
  }
  if (method === 'POST' && review !== undefined) {
    await changeReview(state, review, action, form)
    return back(`${home}/#${review.id}`)
  }
  return { status: 404, body: simulatorPage('Not found', '<p>There is nothing here.</p>') }
}

async function changeReview(state: State, review: StoredReview, action: string, form: URLSearchParams): Promise<void> {
  if (action === 'delete') {
    state.reviews.delete(review.id)
    state.deletions.reviews.push({ reviewId: review.id, deletedAt: momentOf(state.world.now()) })
    await announce(state, 'deleted', review)
    return
  }
  if (action === 'hide') {
    state.reviews.delete(review.id) // reported and taken down: nobody deleted it, and nothing announces it
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
  await announce(state, 'updated', changed)
}

async function changeProductReview(
  state: State,
  review: StoredProductReview,
  action: string,
  form: URLSearchParams,
): Promise<void> {
  if (action === 'delete') {
    state.productReviews.delete(review.id)
    state.deletions.reviews.push({ reviewId: review.id, deletedAt: momentOf(state.world.now()) })
    await announceProduct(state, 'deleted', review)
    return
  }
  const { stars, text } = fieldsOf(form)
  Object.assign(review, { stars, content: text, updatedAt: momentOf(state.world.now()) })
  await announceProduct(state, 'updated', review)
}

/** Somebody leaves, and what they wrote goes with them. No webhook says so: only the list of deletions (facts 8a). */
function deleteAccount(state: State, consumerId: string): void {
  state.deletions.consumers.push({ consumerId, deletedAt: momentOf(state.world.now()) })
  for (const written of [state.reviews, state.productReviews]) {
    for (const [id, { consumer }] of written) {
      if (consumer.id === consumerId) {
        written.delete(id)
      }
    }
  }
}

function unitOf(form: URLSearchParams): typeof unit {
  return units.find((it) => it.id === form.get('unit')) ?? unit
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
  const written = units
    .flatMap((it) => newestReviews(state, it.id, 0, 50))
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  return simulatorPage(
    'Reviews of shops',
    `<p>A simulated Trustpilot, as a shopper sees it. <a href="${home}/business">As the business sees it</a></p>
     <h2>Write a review</h2>
     <form method="post" action="${home}/reviews">${reviewFields()}
       ${unitField('Shop')}
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
  return `<article id="${id}"><h3>${'★'.repeat(review.stars)}${'☆'.repeat(5 - review.stars)} ${escapeHtml(review.title ?? '')}</h3>
    <p>${escapeHtml(review.text ?? '')}</p><p class="small">${escapeHtml(consumer.displayName ?? '')} about ${escapeHtml(review.businessUnit.displayName)}, ${review.createdAt}${review.updatedAt === null ? '' : `, edited ${review.updatedAt}`}</p>
    ${reply === null ? '' : `<blockquote><b>Reply from ${escapeHtml(review.businessUnit.displayName)}</b><br>${escapeHtml(reply.text)}</blockquote>`}
    ${
      asked?.status === 'Pending'
        ? `<form method="post" action="${home}/reviews/${id}/answer"><b>The business asks who you are.</b>
      <label>Name <input name="name" value="${escapeHtml(consumer.displayName ?? '')}"></label><label>E-mail <input name="email" type="email"></label>
      <label>Phone <input name="phone"></label><label>Order number <input name="referenceId"></label><button>Send answer</button></form>`
        : ''
    }
    <details><summary>Edit</summary><form method="post" action="${home}/reviews/${id}/edit">${reviewFields(review)}<button>Save changes</button></form>
    <form method="post" action="${home}/reviews/${id}/delete"><button>Delete review</button></form>
    <form method="post" action="${home}/consumers/${consumer.id}/delete"><button>Delete account</button></form></details></article>`
}

function unitField(label: string): string {
  const options = units.map((it) => `<option value="${it.id}">${escapeHtml(it.displayName)}</option>`)
  return `<label>${label} <select name="unit">${options.join('')}</select></label>`
}

function reviewFields(review?: StoredReview): string {
  const options = [1, 2, 3, 4, 5].map((it) => `<option${it === (review?.stars ?? 2) ? ' selected' : ''}>${it}</option>`)
  return `<label>Stars <select name="stars">${options.join('')}</select></label>
    <label>Title <input name="title" required value="${escapeHtml(review?.title ?? '')}"></label>
    <label>Text <textarea name="text" rows="3">${escapeHtml(review?.text ?? '')}</textarea></label>`
}

function businessPage(state: State): string {
  const home = state.world.addressOf('shop')
  const urls = new Set([...state.subscriptions.values()].flatMap((it) => [...it]))
  return simulatorPage(
    'Webhook notifications',
    `<p>A simulated Trustpilot, as a business sees it. <a href="${home}/">As a shopper sees it</a></p>
     <ul>${[...urls].map((url) => `<li>${escapeHtml(url)}</li>`).join('')}</ul>
     <form method="post" action="${home}/subscriptions"><label>Address <input name="url" type="url" required></label>${unitField('Shop')}<button>Add subscription</button></form>
     <form method="post" action="${home}/test">${unitField('Shop')}<button>Test</button></form>`,
  )
}
