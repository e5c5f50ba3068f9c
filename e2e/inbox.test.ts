import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { expectAccessible, openBrowser, openPage, tabTo, signIn } from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

const people = 42
const morning = 20 // conversations, by mouse and again by keyboard

let desk: DeskProcess
let browser: Browser
let page: Page
let api: Client

beforeAll(async () => {
  desk = await newDesk()
  await desk.start()
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey('org.admin', 'org.user') })
  for (let index = 1; index <= people; index++) {
    const customer = await api.call('POST /v1/customers', {
      body: { name: `Customer ${index}`, emails: [{ email: `customer${index}@example.com` }] },
    })
    const conversation = await api.call('POST /v1/conversations', {
      body: { customer: customer.data.id, name: `Question ${index}` },
    })
    await api.call('POST /v1/conversations/{id}/messages', {
      params: { id: conversation.data.id },
      body: { app: 'test', channel: 'email', direction: 'in', preview: `Where is order ${index}?` },
    })
  }
  await api.call('POST /v1/shortcuts', {
    body: { name: 'On its way', keyword: 'way', body: 'Hello {{customer.name}}, it is on its way.' },
  })
  await api.call('POST /v1/customers/searches', {
    body: {
      name: 'Where is my order?',
      shared: true,
      query: { queryContext: 'conversation', and: { conversation_status: { equals: 'open' } } },
    },
  })
  browser = await openBrowser()
  page = await openPage(browser)
  await signIn(page, desk, { name: 'Ada Martin', email: 'ada@example.com', roles: ['org.user'] })
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await page.screenshot({ path: new URL('inbox-failure.png', import.meta.url).pathname })
  }
})

async function conversationOf(customer: number) {
  const found = await api.call('POST /v1/customers/search', {
    body: { queryContext: 'conversation', and: { conversation_name: { equals: `Question ${customer}` } } },
  })
  const [conversation] = found.data
  const { data } = await api.call('GET /v1/conversations/{id}', { params: { id: conversation?.id ?? '' } })
  return data
}

const heading = (name: string, where: Page = page) => where.getByRole('heading', { name, level: 1, exact: true })
const composer = (name: string | RegExp) => page.getByRole('textbox', { name })

test('by mouse: a saved search, a conversation, a note, a tag, a reply by shortcut, done, and the next one opens', async () => {
  await page.getByRole('button', { name: 'Other views' }).click()
  await page.getByRole('link', { name: 'Where is my order?' }).click()
  await page.getByRole('link', { name: 'Question 42' }).click()
  await heading('Question 42').waitFor()
  await page.getByRole('article', { name: 'Message from Customer 42' }).getByText('Where is order 42?').waitFor()
  await expectAccessible(page)

  await page.getByText('Note', { exact: true }).click()
  await composer('Note for your team').fill('Asked the warehouse.')
  await page.getByRole('button', { name: 'Add note' }).click()
  await page.getByRole('article', { name: 'Note by Ada Martin' }).waitFor()

  await page.getByRole('button', { name: 'Tag', exact: true }).click()
  await composer('Tag').fill('shipping')
  await page.getByRole('option', { name: /Make the tag/ }).click()
  await page.keyboard.press('Escape')

  await page.getByText('Reply to customer').click()
  await composer('Reply to Customer 42').pressSequentially('/way')
  await page.getByRole('option', { name: /On its way/ }).click()
  await expect.poll(() => composer('Reply to Customer 42').inputValue()).toBe('Hello Customer 42, it is on its way.')
  await page.getByRole('button', { name: 'Send reply' }).click()
  await page.getByText('Your reply is on its way.').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await heading('Question 41').waitFor()

  // No channel is connected, so nothing may be called sent.
  await expect.poll(async () => (await conversationOf(42)).attributes.outboundMessageCount, { timeout: 20_000 }).toBe(1)
  const done = await conversationOf(42)
  expect(done.attributes).toMatchObject({ status: 'done', noteCount: 1 })
  expect(done.attributes.tags).toHaveLength(1)
  const messages = await api.call('GET /v1/conversations/{id}/messages', { params: { id: done.id } })
  expect(messages.data[0]?.attributes).toMatchObject({
    preview: 'Hello Customer 42, it is on its way.',
    status: 'error',
  })
})

test('by mouse: twenty conversations, each read, answered, noted, tagged and done, one after the other', async () => {
  for (let customer = 41; customer > 41 - morning; customer--) {
    await heading(`Question ${customer}`).waitFor()
    await page.getByRole('link', { name: 'Whole timeline' }).click()
    await page.getByRole('article', { name: `Question ${customer}` }).waitFor()
    await page.goBack()
    await heading(`Question ${customer}`).waitFor()
    await page.getByText('Note', { exact: true }).click()
    await composer('Note for your team').fill(`Looked at ${customer}.`)
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('article', { name: 'Note by Ada Martin' }).waitFor()
    await page.getByRole('button', { name: 'Tag', exact: true }).click()
    await page.getByRole('option', { name: 'shipping' }).click()
    await page.keyboard.press('Escape')
    await page.getByText('Reply to customer').click()
    await composer(`Reply to Customer ${customer}`).fill(`It is on its way, customer ${customer}.`)
    await page.getByRole('button', { name: 'Send reply' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
  }
  await heading('Question 21').waitFor()
  for (const customer of [41, 30, 22]) {
    await expect
      .poll(async () => (await conversationOf(customer)).attributes, { timeout: 20_000 })
      .toMatchObject({ status: 'done', noteCount: 1, outboundMessageCount: 1, tags: [expect.any(String)] })
  }
})

test('a reply that is taken back in time never becomes a message, and its text is there again', async () => {
  await composer('Reply to Customer 21').fill('Too early')
  await composer('Reply to Customer 21').press('Control+Enter')
  await page
    .getByRole('alert')
    .filter({ hasText: 'Your reply is on its way.' })
    .getByRole('button', { name: 'Undo' })
    .click()
  await expect.poll(() => composer('Reply to Customer 21').inputValue()).toBe('Too early')
  await composer('Reply to Customer 21').fill('')
  expect((await conversationOf(21)).attributes.outboundMessageCount).toBe(0)
})

test('by keyboard alone: twenty conversations read, answered, noted, tagged and done, one after the other', async () => {
  await page.keyboard.press('Escape')
  for (let customer = 21; customer > 21 - morning; customer--) {
    await heading(`Question ${customer}`).waitFor()
    await page.keyboard.press('n')
    await expect
      .poll(() => page.evaluate('document.activeElement?.getAttribute("aria-label")'))
      .toBe('Note for your team')
    await page.keyboard.type(`Looked at ${customer}.`)
    await page.keyboard.press('Control+Enter')
    await page.getByRole('article', { name: 'Note by Ada Martin' }).getByText(`Looked at ${customer}.`).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('r')
    await expect
      .poll(() => page.evaluate('document.activeElement?.getAttribute("aria-label")'))
      .toBe(`Reply to Customer ${customer}`)
    await page.keyboard.type(`It is on its way, customer ${customer}.`)
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => composer(`Reply to Customer ${customer}`).inputValue()).toBe('')
    await page.keyboard.press('Escape')
    await page.keyboard.press('t')
    await page.keyboard.type('shipping')
    await page.getByRole('option', { name: 'shipping' }).waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    await page.keyboard.press('e')
    if (customer > 2) {
      await heading(`Question ${customer - 1}`).waitFor()
    }
  }
  await expect.poll(async () => (await conversationOf(2)).attributes.status).toBe('done')
  for (const customer of [2, 7, 21]) {
    expect((await conversationOf(customer)).attributes).toMatchObject({
      status: 'done',
      noteCount: 1,
      tags: [expect.any(String)],
    })
  }
})

test('undo by its key opens again what was marked done', async () => {
  await page.keyboard.press('z')
  await expect.poll(async () => (await conversationOf(2)).attributes.status).toBe('open')
})

test('the palette and the sheet of keys open by keyboard and pass the checks', async () => {
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Go to a page').waitFor()
  await page.keyboard.type('Customer 7')
  await page.getByRole('button', { name: /Customer 7/ }).waitFor()
  await expectAccessible(page)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Customer 7', level: 1 }).waitFor()
})

test('the palette does what a key does where one is', async () => {
  const { id } = await conversationOf(1)
  await page.goto(`${desk.address}/conversations/${id}`)
  await composer('Reply to Customer 1').waitFor()
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Go to a page').waitFor()
  await page.keyboard.type('urgency')
  await page.getByText('Nothing is called that').waitFor()
  await page.getByPlaceholder('Go to a page').fill('assign to me')
  await page.getByRole('button', { name: /Assign to me/ }).click()
  await expect.poll(async () => (await conversationOf(1)).attributes.assignedUsers).toHaveLength(1)
})

test('a draft survives a killed desk and a closed page', async () => {
  const { id } = await conversationOf(1)
  await page.goto(`${desk.address}/conversations/${id}`)
  await composer('Reply to Customer 1').fill('Half a sentence that nobody may lose')
  await desk.kill()
  await page.getByRole('alert').getByText('The desk cannot be reached.').waitFor({ timeout: 15_000 })
  await expectAccessible(page)
  expect(await composer('Reply to Customer 1').inputValue()).toBe('Half a sentence that nobody may lose')
  await desk.start()
  await page.getByText('The desk cannot be reached.').waitFor({ state: 'hidden', timeout: 30_000 })
  await page.reload()
  await expect.poll(() => composer('Reply to Customer 1').inputValue()).toBe('Half a sentence that nobody may lose')
})

test('a session that ends while somebody writes loses nothing: they sign in and go on where they were', async () => {
  const writer = await openPage(browser)
  await signIn(writer, desk, { name: 'Cleo Park', email: 'cleo@example.com', roles: ['org.user'] })
  await writer.goto(`${desk.address}/settings/profile`)
  await writer.getByRole('textbox', { name: /^New password/ }).fill('correct horse battery')
  await writer.getByRole('button', { name: 'Set password' }).click()
  await writer.getByText('Your password is set.').waitFor()
  const { id } = await conversationOf(2)
  await writer.goto(`${desk.address}/inbox/open/${id}`)
  const field = writer.getByRole('textbox', { name: 'Reply to Customer 2' })
  await field.fill('Two sentences. Both stay.')
  await writer.context().clearCookies()
  await field.press('Control+Enter')
  await writer.getByText('Your session has ended.').waitFor()
  await expectAccessible(writer)
  await writer.getByLabel('E-mail address').fill('cleo@example.com')
  await writer.getByRole('textbox', { name: /^Password/ }).fill('correct horse battery')
  await writer.keyboard.press('Enter')
  await heading('Question 2', writer).waitFor()
  expect(await field.inputValue()).toBe('Two sentences. Both stay.')
  expect(writer.url()).toBe(`${desk.address}/inbox/open/${id}`)
  await writer.context().close()
})

test('two agents on one conversation see each other write, and what one does appears to the other', async () => {
  const second = await openPage(browser)
  await signIn(second, desk, { name: 'Ben Okafor', email: 'ben@example.com', roles: ['org.user'] })
  const { id } = await conversationOf(1)
  await second.goto(`${desk.address}/conversations/${id}`)
  await second.getByRole('textbox', { name: 'Reply to Customer 1' }).waitFor()
  await second.getByText('Ada Martin is writing here').waitFor({ timeout: 15_000 })
  await second.keyboard.press('n')
  await second.keyboard.type('I take this one.')
  await page.getByText('Ben Okafor is writing here').waitFor({ timeout: 15_000 })
  await second.keyboard.press('Control+Enter')
  await page.getByRole('article', { name: 'Note by Ben Okafor' }).getByText('I take this one.').waitFor()
  expect(await composer('Reply to Customer 1').inputValue()).toBe('Half a sentence that nobody may lose')
  await second.context().close()
})

test('it holds at 390 pixels and in the dark: the list, a conversation, and back', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${desk.address}/inbox/open`)
  await page.getByRole('link', { name: 'Question 1', exact: false }).first().click()
  await heading('Question 1').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await page.getByRole('heading', { name: 'All open' }).waitFor()
  await page.setViewportSize({ width: 1280, height: 860 })
})

test('keys can be changed and switched off', async () => {
  await page.goto(`${desk.address}/settings/appearance`)
  await tabTo(page, 'button', 'Change the key for: Go to customers')
  await page.keyboard.press('Enter')
  await page.keyboard.press('c')
  await page.getByRole('heading', { name: 'Appearance' }).click()
  await page.keyboard.press('c')
  await page.getByRole('heading', { name: 'Customers', level: 1 }).waitFor()
  await page.goBack()
  await expectAccessible(page)
  await page.getByRole('switch', { name: 'Single keys do something' }).press('Space')
  await page.getByRole('heading', { name: 'Appearance' }).click()
  await page.keyboard.press('c')
  await page.getByRole('heading', { name: 'Appearance' }).waitFor()
  await page.getByRole('switch', { name: 'Single keys do something' }).press('Space')
})
