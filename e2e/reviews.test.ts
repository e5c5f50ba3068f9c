import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { expectAccessible, expectNoSideways, openBrowser, openPage, tabTo, signIn } from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'
import { trustpilotOf } from './trustpilot-world.ts'

let desk: DeskProcess
let browser: Browser
/** The agent's page, and the page of whoever writes reviews. */
let page: Page
let shopper: Page
let api: Client
const trustpilot = trustpilotOf(() => desk)

// One review's story, told in order.
beforeAll(async () => {
  desk = await newDesk()
  await desk.start(['--simulators'])
  const roles = ['org.admin', 'org.user', 'org.hooks']
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey(...roles) })
  browser = await openBrowser()
  page = await openPage(browser)
  shopper = await openPage(browser)
  await signIn(page, desk, { name: 'Ada Martin', email: 'ada@example.com', roles })
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await page.screenshot({ path: new URL('reviews-failure.png', import.meta.url).pathname })
  }
})

const composer = () => page.getByRole('textbox', { name: 'Public reply on Trustpilot' })
const thread = () => page.getByRole('log', { name: 'Messages and notes' })
const strip = () => page.getByRole('region', { name: 'The review' })
const reviewAt = (title: string) => shopper.getByRole('article').filter({ hasText: title })

/** The simulated provider answers so to its next calls of this kind. */
async function misbehave(call: string, status: number, times = 1, isAfterwards = false): Promise<void> {
  await trustpilot.control('misbehave', { call, status, times, isAfterwards })
}

test('an admin connects to Trustpilot by signing in there, picks the business unit, and enters the address there', async () => {
  await page.goto(`${desk.address}/apps/trustpilot`)
  await page.getByRole('button', { name: 'Install', exact: true }).click()
  await page.getByRole('textbox', { name: 'API key' }).fill('my-key')
  await page.getByRole('textbox', { name: 'API secret' }).fill('my-secret')
  await page.getByRole('dialog').getByRole('button', { name: 'Install', exact: true }).click()
  await page.getByRole('heading', { name: 'Connection' }).waitFor()
  await expectAccessible(page)
  const redirect = await page.getByLabel('Redirect address').inputValue()
  expect(redirect).toBe(`${desk.address}/connect/callback`)
  await page.getByRole('button', { name: 'Connect to Trustpilot' }).click()
  await page.getByRole('heading', { name: 'Allow access?' }).waitFor()
  await page.getByRole('link', { name: 'Allow access' }).click()
  await page.getByText('Connected', { exact: true }).waitFor()
  await page.getByRole('combobox', { name: 'Business unit' }).fill('nordlicht')
  await page.getByRole('option', { name: /Nordlicht Outdoor/ }).click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Settings saved.').waitFor()
  await page.getByText('History: 0 read, done').waitFor() // complete now, it fetched the past by itself
  await expectAccessible(page)

  const address = await page.getByRole('textbox', { name: 'Trustpilot reviews' }).inputValue()
  await shopper.goto(`${trustpilot.address()}/business`)
  await shopper.getByLabel('Address').fill(address)
  await shopper.getByRole('button', { name: 'Add subscription' }).click()
  await shopper.getByRole('listitem').getByText(address).waitFor()
})

test('the provider’s own test of the address creates nothing and says so', async () => {
  await shopper.getByRole('button', { name: 'Test' }).click()
  await expect.poll(async () => (await api.call('GET /v1/deliveries')).data[0]?.attributes.status).toBe('applied')
  const [delivery] = (await api.call('GET /v1/deliveries')).data
  await page.goto(`${desk.address}/deliveries/${delivery?.id ?? ''}`)
  await page.getByText('This was the test of the address: it works.').waitFor()
  expect((await api.call('GET /v1/feedback')).data).toEqual([])
})

test('two stars open a conversation while one looks, and the answer stands on the shopper’s page', async () => {
  await page.goto(`${desk.address}/inbox/open`)
  await page
    .getByText('Nothing to do here')
    .or(page.getByRole('heading', { name: 'All open' }))
    .first()
    .waitFor()
  await shopper.goto(`${trustpilot.address()}/`)
  await shopper.getByLabel('Title').first().fill('Broken zipper')
  await shopper.getByLabel('Text').first().fill('It broke on the second day.')
  await shopper.getByRole('button', { name: 'Publish review' }).click()
  await page.getByRole('link', { name: /Trustpilot review by Mia Berg: 2 stars/ }).click()
  await thread().getByText('It broke on the second day.').waitFor()
  await strip().getByText('Not replied').waitFor()
  await expectAccessible(page)
  await composer().fill('We are sorry, Mia. A new one is on its way.')
  await page.getByRole('button', { name: 'Publish on Trustpilot' }).click()
  await strip().getByText('Replied', { exact: true }).waitFor()
  await thread().getByText('We are sorry, Mia. A new one is on its way.').waitFor()
  await expectAccessible(page)
  await shopper.reload()
  await reviewAt('Broken zipper').getByText('We are sorry, Mia. A new one is on its way.').waitFor()
})

test('the shopper edits the review: the reply shows as outdated, the edit as a difference, and a new reply replaces it', async () => {
  const review = reviewAt('Broken zipper')
  await review.getByText('Edit', { exact: true }).click()
  await review.getByLabel('Text').fill('It broke on the second day. The new one is fine.')
  await review.getByRole('combobox').selectOption('4')
  await review.getByRole('button', { name: 'Save changes' }).click()
  await strip().getByText('Reply outdated').waitFor()
  await strip().getByRole('button', { name: 'Edited: see what changed' }).click()
  await strip().locator('ins').getByText('The new one is fine.').waitFor()
  await strip().getByText('2 → 4').waitFor()
  await expectAccessible(page)
  await composer().fill('Thank you for looking again!')
  await page.getByRole('button', { name: 'Replace on Trustpilot' }).click()
  await strip().getByText('Replied', { exact: true }).waitFor()
  await shopper.reload()
  await reviewAt('Broken zipper').getByText('Thank you for looking again!').waitFor()
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByText('Reply outdated').last().waitFor()
})

test('a provider that refuses is shown with its reason, and one press tries again', async () => {
  await misbehave('^POST .*/reply$', 400)
  await composer().fill('One more thing.')
  await page.getByRole('button', { name: 'Replace on Trustpilot' }).click()
  await page
    .getByRole('alert')
    .getByText(/Trustpilot answered 400/)
    .waitFor()
  await strip().getByText('Reply failed').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Try again' }).click()
  await strip().getByText('Replied', { exact: true }).waitFor()
  await shopper.reload()
  await reviewAt('Broken zipper').getByText('One more thing.').waitFor()
})

test('by keyboard alone: a note with !reply offers the switch, and the reply goes out', async () => {
  await page.reload()
  await strip().waitFor()
  await page.keyboard.press('n')
  await page.keyboard.type('!reply Last words.')
  await page.getByText('this note becomes the public reply on Trustpilot', { exact: false }).waitFor()
  await expectAccessible(page)
  await tabTo(page, 'button', 'Write it as a public reply')
  await page.keyboard.press('Enter')
  await expect.poll(() => composer().inputValue()).toBe('Last words.')
  await tabTo(page, 'textbox', 'Public reply on Trustpilot')
  await page.keyboard.press('Control+Enter')
  await shopper.bringToFront()
  await expect
    .poll(async () => {
      await shopper.reload()
      return reviewAt('Broken zipper').getByText('Last words.').count()
    })
    .toBe(1)
  await page.bringToFront()
})

test('the reviewer is asked who they are, and the answer leads to the customer', async () => {
  const known = await api.call('POST /v1/customers', {
    body: { name: 'Maria Bergström', emails: [{ email: 'mia@example.com' }] },
  })
  await strip().getByRole('button', { name: 'Find Reviewer' }).click()
  await strip()
    .getByText(/Find Reviewer: asked/)
    .waitFor()
  await shopper.reload()
  const review = reviewAt('Broken zipper')
  await review.getByText('The business asks who you are.').waitFor()
  await review.getByLabel('E-mail').fill('mia@example.com')
  await review.getByLabel('Order number').fill('10443')
  await review.getByRole('button', { name: 'Send answer' }).click()
  // The desk looks every 20 minutes; here it is time now.
  await desk.sql(`update graphile_worker._private_jobs set run_at = now() where key like 'enquiry/%'`, [])
  await strip()
    .getByText(/Find Reviewer: answered/)
    .waitFor({ timeout: 15_000 })
  await thread().getByText('E-mail: mia@example.com').waitFor()
  await expectAccessible(page)
  await strip().getByText('This may be').waitFor()
  await strip().getByRole('button', { name: 'It is them' }).click()
  await page.getByRole('link', { name: 'Maria Bergström' }).first().waitFor()
  const { data } = await api.call('GET /v1/customers/{id}/timeline', { params: { id: known.data.id } })
  expect(data.map((it) => it.attributes.kind).toSorted()).toEqual(expect.arrayContaining(['conversation', 'kobject']))
})

test('a reply is withdrawn at the provider, and a removed review is marked', async () => {
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await strip().getByText('Reply withdrawn').waitFor()
  await shopper.reload()
  expect(await reviewAt('Broken zipper').getByRole('blockquote').count()).toBe(0)
  const review = reviewAt('Broken zipper')
  await review.getByText('Edit', { exact: true }).click()
  await review.getByRole('button', { name: 'Delete review' }).click()
  await strip().getByText('Removed there').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await expectNoSideways(page)
  await expectAccessible(page)
  await page.setViewportSize({ width: 1280, height: 860 })
})

test('a product review is answered by one comment, which an edit changes, and which cannot be taken back', async () => {
  await trustpilot.writeAboutProduct({ name: 'Noah Falk', stars: '1', text: 'It leaks.', email: 'noah@example.com' })
  await page.goto(`${desk.address}/inbox/open`)
  await page.getByRole('link', { name: /review by Noah Falk: 1 star of Two-person tent/ }).click()
  await composer().fill('We will send you a new one.')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('As it will stand on Trustpilot').waitFor()
  await page.getByRole('button', { name: 'Publish on Trustpilot' }).click()
  await strip().getByText('Replied', { exact: true }).waitFor()
  const comments = async () =>
    (await trustpilot.conversations()).map(({ state, comments: said }) => ({
      state,
      said: said.map((it) => it.content),
    }))
  expect(await comments()).toEqual([{ state: 'public', said: ['We will send you a new one.'] }])
  await composer().fill('It is on its way.')
  await page.getByRole('button', { name: 'Replace on Trustpilot' }).click()
  await expect.poll(comments).toEqual([{ state: 'public', said: ['It is on its way.'] }])
  await page.getByText(/cannot delete a comment/).waitFor()
  expect(await page.getByRole('button', { name: 'Withdraw' }).isDisabled()).toBe(true)
})

test('a review without a conversation is answered from the list of reviews', async () => {
  await shopper.goto(`${trustpilot.address()}/`)
  await shopper.getByLabel('Stars').first().selectOption('5')
  await shopper.getByLabel('Title').first().fill('Lovely shop')
  await shopper.getByRole('button', { name: 'Publish review' }).click()
  await page.goto(`${desk.address}/reviews`)
  const card = page.getByRole('article').filter({ hasText: 'Lovely shop' })
  await card.getByRole('button', { name: 'Reply in public' }).click()
  const dialog = page.getByRole('dialog', { name: 'Public reply on Trustpilot' })
  await dialog.getByRole('textbox').fill('Thank you!')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Publish on Trustpilot' }).click()
  await dialog.getByText('Replied', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await card.getByText('Replied', { exact: true }).waitFor()
})

test('somebody without the role reads the public reply and is told that they may not write one', async () => {
  const reader = await openPage(browser)
  const may = ['conversation', 'customer', 'message', 'note', 'kobject', 'user', 'team', 'saved_search', 'reply.read']
  const roles = may.map((role) => `org.user.${role}`)
  await signIn(reader, desk, { name: 'Rea Reader', email: 'rea@example.com', roles })
  await reader.goto(`${desk.address}/reviews`)
  const card = reader.getByRole('article').filter({ hasText: 'Lovely shop' })
  await card.getByRole('button', { name: 'See public reply' }).click()
  const dialog = reader.getByRole('dialog', { name: 'Public reply on Trustpilot' })
  await dialog.getByText('Thank you!').waitFor()
  await dialog.getByText('You may read public replies, not write them.').waitFor()
  expect(await dialog.getByRole('textbox').count()).toBe(0)
  expect(await dialog.getByRole('button', { name: /Publish|Replace|Withdraw|Edit/ }).count()).toBe(0)
  await expectAccessible(reader)
  await reader.keyboard.press('Escape')
  const [talk] = (await api.call('GET /v1/conversations')).data
  await reader.goto(`${desk.address}/inbox/open/${talk?.id ?? ''}`)
  await reader.getByRole('region', { name: 'The review' }).waitFor()
  expect(await reader.getByRole('button', { name: 'Find Reviewer' }).count()).toBe(0)
  await reader.context().close()
})
