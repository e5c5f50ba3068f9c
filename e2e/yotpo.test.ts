import nodemailer from 'nodemailer'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { layouts, mailAbout, sampleReview } from '../integrations/yotpo/simulator-mails.ts'
import type { Layout, SimulatedItem } from '../integrations/yotpo/simulator-mails.ts'
import { simulatedMail } from '../src/sdk/index.ts'
import { expectAccessible, expectNoSideways, openBrowser, openPage, signIn } from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

let desk: DeskProcess
let browser: Browser
let page: Page
let api: Client
let address = ''

// One admin's story, told in order. Mail comes from another server, as Yotpo's does.
beforeAll(async () => {
  desk = await newDesk()
  await desk.start()
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey('org.admin', 'org.user') })
  browser = await openBrowser()
  page = await openPage(browser)
  await signIn(page, desk, { name: 'Ada Martin', email: 'ada@example.com', roles: ['org.admin', 'org.user'] })
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await page.screenshot({ path: new URL('yotpo-failure.png', import.meta.url).pathname })
  }
})

const at = new Date(Date.now() - 60_000)
const review = sampleReview(at)
const question: SimulatedItem = {
  ...review,
  kind: 'question',
  name: 'Ben Roth',
  email: 'ben@example.com',
  title: undefined,
  content: 'Does the tent come with pegs?',
  id: '300400',
}
async function bring(raw: string, to = address): Promise<void> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true })
  await transport.sendMail({ envelope: { from: 'bounces@yotpo.com', to }, raw })
}
const mail = (item: SimulatedItem, layout: Layout, id: string, inReplyTo?: string) =>
  mailAbout(item, layout, 'nobodyAnswers', { messageId: id, ...(inReplyTo === undefined ? {} : { inReplyTo }) })

test('an admin installs the app, copies its address, and sees Yotpo’s test arrive while they look', async () => {
  await page.goto(`${desk.address}/apps`)
  await page.getByRole('link', { name: /Yotpo/ }).click()
  await page.getByRole('button', { name: 'Install', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Install', exact: true }).click()
  await page.getByRole('heading', { name: 'Addresses' }).waitFor()
  await page.getByText('Waiting for the first mail').waitFor()
  await page.getByRole('button', { name: 'Copy' }).first().waitFor()
  address = (await api.call('GET /v1/apps')).data[0]?.attributes.hooks[0]?.url ?? ''
  await page.locator(`input[value="${address}"]`).waitFor()
  await expectAccessible(page)
  await bring(
    simulatedMail({
      from: 'Yotpo <noreply@yotpo.com>',
      subject: 'Yotpo test',
      at,
      messageId: 't@yotpo.com',
      text: 'A test mail.',
    }),
  )
  await page.getByRole('status').getByText('This was a test mail: the address works.').waitFor()
  await expectAccessible(page)
})

test('an escalated review is on its customer’s timeline, and its conversation is done', async () => {
  await bring(mail(review, 'table', 'r1@yotpo.com'))
  await expect.poll(async () => (await api.call('GET /v1/feedback')).data.length).toBe(1)
  await page.goto(`${desk.address}/reviews`)
  await page
    .getByRole('article', { name: /Two sizes smaller/ })
    .getByRole('link', { name: 'Mia Berg' })
    .click()
  await page.getByRole('article', { name: 'Too small' }).getByText('Two sizes smaller than the table says.').waitFor()
  await page.getByRole('article', { name: 'Yotpo review: 2 stars' }).getByText('Done', { exact: true }).waitFor()
  await expectAccessible(page)
})

test('the same review in another mail, changed, is the same record', async () => {
  await bring(mail({ ...review, rating: 1, content: 'Worse than I thought.', at: new Date() }, 'lines', 'r2@yotpo.com'))
  await page.getByRole('article', { name: 'Too small' }).getByText('Worse than I thought.').waitFor()
  expect((await api.call('GET /v1/feedback')).data.map((it) => it.attributes.score)).toEqual([1])
})

test('a question is an open conversation, and what is written about it later goes there', async () => {
  await bring(mail(question, 'stars', 'q1@yotpo.com'))
  await page.goto(`${desk.address}/inbox/open`)
  await page.getByRole('link', { name: /Ben Roth/ }).click()
  await page.getByText('Does the tent come with pegs?').last().waitFor()
  await bring(
    mail({ ...question, content: 'And is it waterproof?', id: undefined }, 'lines', 'q2@yotpo.com', 'q1@yotpo.com'),
  )
  await page.getByText('And is it waterproof?').last().waitFor()
  expect((await api.call('GET /v1/conversations')).data.filter((it) => it.attributes.status === 'open')).toHaveLength(1)
})

test('two stores are told apart by their addresses', async () => {
  const { data } = await api.call('POST /v1/apps/install', { body: { app: 'yotpo', name: 'Boots' } })
  await bring(mail({ ...review, product: 'Trail boots' }, 'lines', 'b1@yotpo.com'), data.attributes.hooks[0]?.url)
  await page.goto(`${desk.address}/reviews?installation=${data.id}`)
  await page.getByText('Boots · Trail boots').waitFor()
  expect((await api.call('GET /v1/feedback')).data.map((it) => it.attributes.store).toSorted()).toEqual([
    'Boots',
    'Yotpo',
  ])
})

test('every way a review may look reaches the timeline, and none is guessed into somebody else’s', async () => {
  for (const [index, layout] of (Object.keys(layouts) as Layout[]).entries()) {
    const item = {
      ...review,
      id: `${900_000 + index}`,
      name: `Way ${index}`,
      email: `way${index}@example.com`,
      title: `Way ${layout}`,
    }
    await bring(mail(item, layout, `${layout}@yotpo.com`))
  }
  await expect
    .poll(async () => {
      const { data } = await api.call('GET /v1/feedback', { query: { pageSize: 100 } })
      return data.filter((it) => it.attributes.title?.startsWith('Way ')).length
    })
    .toBe(Object.keys(layouts).length)
})

test('a mail that nobody can be sure of waits with its text, and says why', async () => {
  await bring(
    simulatedMail({
      from: 'Yotpo <noreply@yotpo.com>',
      subject: 'Your week',
      at,
      messageId: 'w@yotpo.com',
      text: 'You had 12 new orders.',
    }),
  )
  await page.goto(`${desk.address}/deliveries?status=failed`)
  await page.getByText(/It is not clear what this mail is/).waitFor()
  await page.getByRole('main').getByRole('link').first().click()
  await page.getByText('Nothing was made of it').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await expectNoSideways(page)
  await expectAccessible(page)
})
