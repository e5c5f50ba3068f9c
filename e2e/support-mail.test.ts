import nodemailer from 'nodemailer'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { expectAccessible, expectNoSideways, openBrowser, openPage, signIn } from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

let desk: DeskProcess
let browser: Browser
let page: Page
let api: Client
let address = ''

// One customer's mail, told in order, on a desk that nobody has given a mail server yet.
beforeAll(async () => {
  desk = await newDesk()
  await desk.start()
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey('org.admin', 'org.user') })
  const { data } = await api.call('POST /v1/apps/install', {
    body: { app: 'support-mail', settings: { address: 'support@shop.example' } },
  })
  address = data.attributes.hooks[0]?.url ?? ''
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
    await page.screenshot({ path: new URL('support-mail-failure.png', import.meta.url).pathname })
  }
})

test('a mail with a file and script in every corner is a conversation that one can read, and nothing of it runs', async () => {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true })
  const script = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
  await transport.sendMail({
    envelope: { from: 'mia@example.com', to: address },
    from: { name: `Mia ${script}`, address: 'mia@example.com' },
    to: 'support@shop.example',
    subject: `Invoice ${script}`,
    html: `<p>Where is my <b>invoice</b>?</p>${script}<a href="javascript:window.ran=1">Click</a><svg onload="window.ran=1"></svg>`,
    attachments: [{ filename: 'order<script>.html', content: script, contentType: 'text/html' }],
  })
  await page.goto(`${desk.address}/inbox/open`)
  await page.getByRole('link', { name: /Where is my invoice/ }).click()
  const message = page.getByRole('article', { name: /^Message from Mia/ })
  await message.getByText('Where is my invoice?').waitFor()
  await message.getByText(/order.*\.html/).waitFor()
  await expectAccessible(page)
  expect(await page.evaluate('window.ran')).toBeUndefined()
})

test('without a mail server an answer is kept and plainly marked as not sent, there and among the outgoing mail', async () => {
  await page.getByRole('textbox', { name: /^Reply to/ }).fill('Here it is.')
  await page.getByRole('button', { name: 'Send reply' }).click()
  const answer = page.getByRole('article', { name: 'Message from Ada Martin' })
  await answer.getByText('Here it is.').waitFor()
  await answer.getByText(/This desk has no mail server to send by/).waitFor()
  await expectAccessible(page)
  await answer.getByRole('button', { name: 'Try again' }).click()
  await answer.getByText(/This desk has no mail server to send by/).waitFor()
  await page.goto(`${desk.address}/settings/mail`)
  const row = page.getByRole('row', { name: /mia@example.com/ })
  await row.getByText('Not sent', { exact: true }).waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 390, height: 844 })
  await expectNoSideways(page)
  await page.setViewportSize({ width: 1280, height: 860 })
  await row.getByRole('link').click()
  await answer.getByText('Here it is.').waitFor()
})

test('a holiday answer opens nothing, and says among the deliveries what it was', async () => {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true })
  await transport.sendMail({
    envelope: { from: 'ben@example.com', to: address },
    from: 'ben@example.com',
    to: 'support@shop.example',
    subject: 'I am away',
    text: 'Back on Monday.',
    headers: { 'Auto-Submitted': 'auto-replied' },
  })
  await page.goto(`${desk.address}/deliveries`)
  await page.getByText(/A machine wrote it/).waitFor()
  expect((await api.call('GET /v1/conversations')).data).toHaveLength(1)
})
