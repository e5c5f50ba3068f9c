import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'

import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { arrowTo, expectAccessible, openBrowser, openPage, tabTo } from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

const sample = readFileSync(
  new URL('../integrations/delighted/fixtures/responses.survey_response.updated.json', import.meta.url),
  'utf8',
)
const review = JSON.parse(
  readFileSync(new URL('../integrations/stamped/fixtures/reviews.review.json', import.meta.url), 'utf8'),
) as object

let desk: DeskProcess
let browser: Browser
let page: Page

// One story, told in order: each journey goes on where the one before ended.
beforeAll(async () => {
  desk = await newDesk()
  await desk.start()
  browser = await openBrowser()
  page = await openPage(browser)
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})

// What was on screen when a journey failed.
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await page.screenshot({ path: new URL('journeys-failure.png', import.meta.url).pathname })
  }
})

async function post(url: string, body: string | object, headers: Record<string, string> = {}): Promise<number> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return reply.status
}

async function copiedAddress(): Promise<string> {
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  return String(await page.evaluate('navigator.clipboard.readText()'))
}

test('first sign-in, by keyboard alone: the printed link signs in once, and the admin makes a sign-in of their own', async () => {
  const link = /https?:\/\/\S+\/sign-in#\S+/.exec(desk.output())?.[0] ?? ''
  await page.goto(link)
  await expectAccessible(page)
  await tabTo(page, 'button', 'Sign in')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Welcome to Tellback' }).waitFor()
  await expectAccessible(page)
  await tabTo(page, 'button', 'Continue')
  await page.keyboard.press('Enter')
  await page.getByText('Enter your name.').waitFor()
  for (const [field, text] of [
    ['Organisation', 'Acme Outdoor'],
    ['Your name', 'Ada Martin'],
    ['E-mail address', 'ada@example.com'],
    ['Password', 'correct horse battery'],
  ] as const) {
    await tabTo(page, 'textbox', field)
    await page.keyboard.press('Control+A')
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'App directory' }).waitFor()

  const stranger = await openPage(browser)
  await stranger.goto(link)
  await stranger.getByRole('button', { name: 'Sign in' }).click()
  await stranger.getByText(/has been used or is too old/).waitFor()
  await stranger.goto(`${desk.address.replace('127.0.0.1', 'localhost')}/customers`) // another name of the same desk
  await stranger.getByLabel('E-mail address').fill('ada@example.com')
  await stranger.getByRole('textbox', { name: 'Password' }).fill('not the password')
  await stranger.getByRole('button', { name: 'Sign in' }).click()
  await stranger.getByText('E-mail address or password is not right.').waitFor()
  await stranger.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
  await stranger.getByRole('button', { name: 'Sign in' }).click()
  await stranger.getByRole('heading', { name: 'Customers' }).waitFor()
  await stranger.context().close()
})

test('install Delighted, post the documented sample at the copied address, and see the customer arrive without a reload', async () => {
  await page.getByRole('link', { name: /Delighted/ }).click()
  await page.getByRole('heading', { name: 'What it writes' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Install' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click()
  await page.getByRole('heading', { name: 'Addresses' }).waitFor()
  await expectAccessible(page)
  const address = await copiedAddress()
  expect(address).toMatch(/\/v1\/hooks\/form\/[0-9a-f]{24}\/[0-9a-f]{64}$/)

  await page.getByRole('link', { name: 'Customers' }).click()
  await page.getByText('No customers yet').waitFor()
  await expectAccessible(page)
  expect(await post(address, sample)).toBe(200)
  await page.getByRole('link', { name: 'Charlie Gravis' }).click({ timeout: 10_000 })
  await page.locator('[data-score="latestNpsNum"]', { hasText: '9' }).waitFor()
  await page.getByRole('img', { name: 'NPS 9 of 10' }).waitFor()
  await page.getByText('the folks at the counter were even better').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: /Show details/ }).click()
  await page.getByText('Quality, Service').waitFor()
  await expectAccessible(page)

  const later = JSON.parse(sample) as {
    event_id: string
    event_data: { id: string; score: number; comment: string; created_at: number; updated_at: number }
  }
  later.event_id = 'later'
  Object.assign(later.event_data, {
    id: '5436',
    score: 3,
    comment: 'Then it rained.',
    created_at: 1_740_000_000,
    updated_at: 1_740_000_000,
  })
  expect(await post(address, later)).toBe(200)
  await page.getByText('Then it rained.').waitFor({ timeout: 10_000 })
  await page.locator('[data-score="latestNpsNum"]', { hasText: '3' }).waitFor()
})

test('what a respondent writes is text: no script of theirs runs', async () => {
  const address = await installation('Delighted')
  const nasty = JSON.parse(sample) as {
    event_id: string
    event_data: { id: string; comment: string; person: { name: string; email: string }; additional_answers: unknown[] }
  }
  nasty.event_id = 'nasty'
  const script = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'
  Object.assign(nasty.event_data, {
    id: 'nasty',
    comment: `${script} مرحبا 👩‍👩‍👧`,
    person: { id: '1', name: `${script}Eve`, email: 'eve@example.com' },
  })
  expect(await post(address, nasty)).toBe(200)
  await page.goto(`${desk.address}/customers`)
  await page.getByRole('link', { name: /onerror/ }).click()
  await page.getByText(/مرحبا/).waitFor()
  expect(await page.title()).not.toBe('owned')
  await expectAccessible(page)
})

async function installation(name: string): Promise<string> {
  await page.goto(`${desk.address}/apps`)
  await page.getByRole('region', { name: 'Installed' }).getByRole('link').filter({ hasText: name }).first().click()
  await page.getByRole('heading', { name: 'Addresses' }).waitFor()
  return copiedAddress()
}

test('install Stamped twice and tell both stores apart', async () => {
  for (const [index, store] of ['North Store', 'South Store'].entries()) {
    await page.goto(`${desk.address}/apps/stamped`)
    await page.getByRole('button', { name: index === 0 ? 'Install' : 'Install again' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill(store)
    await page.getByRole('dialog').getByRole('button', { name: 'Install' }).click()
    await page.getByRole('heading', { name: store }).waitFor()
    expect(await post(await copiedAddress(), { ...review, reviewTitle: `From ${store}` })).toBe(200)
  }
  await page.goto(`${desk.address}/customers`)
  await page.getByRole('link', { name: 'John Doe' }).click({ timeout: 10_000 })
  for (const store of ['North Store', 'South Store']) {
    const card = page.getByRole('article', { name: `From ${store}` })
    await card.getByText(`Stamped.io Review · ${store}`).waitFor()
    await card.getByRole('img', { name: 'Stars 5 of 5' }).waitFor()
  }
  await expectAccessible(page)
})

test('a refused delivery is seen, its cause mended, and run again', async () => {
  const address = await installation('Delighted')
  const installationPage = page.url()
  await page.getByRole('textbox', { name: 'API key' }).fill('mistyped-key')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Settings saved.').waitFor()
  await new Promise((resolve) => setTimeout(resolve, 1_200)) // until new settings count for deliveries
  const body = sample
    .replace('"5435"', '"7001"')
    .replace(/"event_id": "[0-9a-f]+"/, '"event_id": "signed"')
    .replace('charlie_gravis@', 'signed@')
    .replace('Charlie Gravis', 'Signe Signed')
  const signature = {
    'X-Delighted-Webhook-Signature': `sha256=${createHmac('sha256', 'the-right-key').update(body).digest('hex')}`,
  }
  expect(await post(address, body, signature)).toBe(401)

  await page.goto(`${desk.address}/deliveries`)
  await page.getByText('Needs attention').click()
  await page.getByText('Refused', { exact: true }).last().waitFor()
  await expectAccessible(page)
  await page.getByRole('table').getByRole('link').first().click()
  await page.getByText('The signature or secret is not the one in the settings.').waitFor()
  await expectAccessible(page)
  const delivery = page.url()
  await page.goto(installationPage)
  await page.getByRole('textbox', { name: 'API key' }).fill('the-right-key')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Settings saved.').waitFor()
  await page.goto(delivery)
  await page.getByRole('button', { name: 'Run again' }).click()
  await page.getByText('Created net-promoter-score').waitFor({ timeout: 10_000 })
  await page.getByText('Signed', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'See the customer’s timeline' }).click()
  await page.getByRole('heading', { name: 'Signe Signed' }).first().waitFor()
})

test('“Send test” goes the whole way', async () => {
  await installation('Delighted')
  await page.getByRole('button', { name: 'Send test' }).click()
  await page.getByText('The test arrived').waitFor()
  await page.getByRole('link', { name: 'See what it wrote' }).click()
  await page.getByText('Created net-promoter-score').waitFor()
})

test('anonymous feedback waits as unmatched until somebody says whose it is', async () => {
  const address = await installation('North Store')
  expect(
    await post(address, {
      ...review,
      id: 77,
      customerEmail: null,
      reviewTitle: 'Who am I',
      reviewMessage: 'No name, no address.',
    }),
  ).toBe(200)
  await page.getByRole('link', { name: 'Unmatched' }).click()
  await page.getByText('No name, no address.').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Choose customer' }).click()
  await page.getByRole('textbox', { name: 'Find the customer' }).fill('john')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /John Doe/ })
    .click()
  await page.getByText('Everything is matched').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('No name, no address.').waitFor()
  await page.getByRole('button', { name: 'Choose customer' }).click()
  await page.getByRole('textbox', { name: 'Find the customer' }).fill('john')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /John Doe/ })
    .click()
  await page.getByText('Everything is matched').waitFor()
})

test('by keyboard alone: find a customer, open a card, install an app, copy its address, run a delivery again', async () => {
  await page.goto(`${desk.address}/customers`)
  await page.getByRole('link', { name: 'John Doe' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('charlie')
  await page.getByRole('link', { name: 'John Doe' }).waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await tabTo(page, 'button', /Show details/)
  await page.keyboard.press('Enter')
  await page.getByText('Survey type').waitFor()

  await tabTo(page, 'link', 'Apps')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'App directory' }).waitFor()
  await tabTo(page, 'link', /Shows product and site reviews/)
  await page.keyboard.press('Enter')
  await tabTo(page, 'button', 'Install again')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.getByRole('dialog').getByLabel('Name').waitFor()
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('INPUT')
  await page.keyboard.type('Keyboard Store')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Keyboard Store' }).waitFor()
  await tabTo(page, 'button', 'Copy')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Copied' }).waitFor()

  await tabTo(page, 'link', 'Deliveries')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
  await tabTo(page, 'link', /ago|now/)
  await page.keyboard.press('Enter')
  await tabTo(page, 'button', 'Run again')
  await page.keyboard.press('Enter')
  await page.getByText('Running it again.').waitFor()
})

test('by keyboard alone: feedback is given to its customer, and taken back', async () => {
  const address = await installation('North Store')
  const nobody = {
    ...review,
    id: 901,
    customerEmail: null,
    reviewTitle: 'Nobody knows',
    reviewMessage: 'Still nobody.',
  }
  expect(await post(address, nobody)).toBe(200)
  await page.goto(`${desk.address}/unmatched`)
  await page.getByRole('button', { name: 'Choose customer' }).waitFor()
  await tabTo(page, 'button', 'Choose customer')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate('document.activeElement?.matches("[role=dialog] input")')).toBe(true)
  await page.keyboard.type('john')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /John Doe/ })
    .waitFor()
  await tabTo(page, 'button', /John Doe/, page.getByRole('dialog'))
  await page.keyboard.press('Enter')
  await page.getByText('Everything is matched').waitFor()
  await tabTo(page, 'button', 'Undo')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Choose customer' }).waitFor()
})

test('by keyboard alone: sign in with a link, mend the settings of an app, run again what was refused, sign out', async () => {
  const { stdout } = await desk.command(
    'user',
    'create',
    '--email',
    'kim@example.com',
    '--name',
    'Kim',
    '--role',
    'org.admin',
    '--role',
    'org.user',
  )
  const keyboard = await openPage(browser)
  await keyboard.goto(stdout.trim())
  await tabTo(keyboard, 'button', 'Sign in')
  await keyboard.keyboard.press('Enter')
  await keyboard.getByRole('heading', { name: 'Assigned to me' }).waitFor()

  await tabTo(keyboard, 'link', 'Apps')
  await keyboard.keyboard.press('Enter')
  await keyboard.getByRole('region', { name: 'Installed' }).waitFor()
  await tabTo(keyboard, 'link', /South Store/)
  await keyboard.keyboard.press('Enter')
  await tabTo(keyboard, 'textbox', 'Secret')
  await keyboard.keyboard.type('first-secret')
  await keyboard.keyboard.press('Enter')
  await keyboard.getByText('Settings saved.').waitFor()
  const address = await keyboard.getByRole('textbox', { name: 'Sync Stamped user reviews' }).inputValue()
  await new Promise((resolve) => setTimeout(resolve, 1_200)) // until new settings count for deliveries
  const late = { ...review, id: 501, customerEmail: 'late@example.com', author: 'Late Larry' }
  expect(await post(address, late, { 'X-Stamped-Webhook-Secret': 'second-secret' })).toBe(401)

  await tabTo(keyboard, 'textbox', 'Secret')
  await keyboard.keyboard.press('Control+A')
  await keyboard.keyboard.type('second-secret')
  await keyboard.keyboard.press('Enter')
  await tabTo(keyboard, 'link', 'Deliveries')
  await keyboard.keyboard.press('Enter')
  await keyboard.getByRole('heading', { name: 'Deliveries' }).waitFor()
  await tabTo(keyboard, 'link', /ago|now/)
  await keyboard.keyboard.press('Enter')
  await keyboard.getByText('The signature or secret is not the one in the settings.').waitFor()
  await tabTo(keyboard, 'button', 'Run again')
  await keyboard.keyboard.press('Enter')
  await keyboard.getByText('Created stamped-io-review').waitFor()

  await tabTo(keyboard, 'button', 'Signed in as Kim')
  await keyboard.keyboard.press('Enter')
  await keyboard.getByRole('menuitem', { name: 'Sign out' }).waitFor()
  await arrowTo(keyboard, 'Sign out')
  await keyboard.keyboard.press('Enter')
  await keyboard.getByRole('heading', { name: 'Sign in to Tellback' }).waitFor()
  await keyboard.context().close()
})

test('the pages hold at 390 pixels and in the dark, and the API reference opens', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${desk.address}/customers`)
  await page.getByRole('link', { name: 'John Doe' }).click()
  await page.getByRole('article').first().waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await page.getByRole('button', { name: 'Navigation' }).click()
  await page.getByRole('button', { name: 'Dark colors' }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Navigation' }).click()
  await expectAccessible(page)
  await page.setViewportSize({ width: 1280, height: 860 })
  const reference = await browser.newPage()
  await reference.goto(`${desk.address}/docs`)
  await reference.getByRole('link', { name: 'Customers', exact: true }).click()
  await reference.getByText('List customers, or find them').waitFor()
  await reference.close()
})
