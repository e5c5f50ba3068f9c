import nodemailer from 'nodemailer'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { startDovecot } from '../src/testing/dovecot.ts'
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

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** Looks into the frame of the first mail from the page around it: nothing runs in the frame itself, not even a test. */
const inMail = (expression: string) => page.evaluate(`document.querySelector('iframe')?.contentDocument?.${expression}`)

test('a mail with a layout, files and script in every corner is shown as it was sent, and nothing of it runs or is fetched', async () => {
  const fetched: string[] = []
  await page.route('https://pictures.example/**', (route) => {
    fetched.push(route.request().url())
    return route.fulfill({ contentType: 'image/png', body: png })
  })
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true })
  const script = '<img src=x onerror="window.top.ran=1"><script>window.top.ran=1</script>'
  await transport.sendMail({
    envelope: { from: 'mia@example.com', to: address },
    from: { name: `Mia ${script}`, address: 'mia@example.com' },
    to: 'support@shop.example',
    subject: `Invoice ${script}`,
    html: `<p>Where is my <b>invoice</b>?</p>${script}<a href="javascript:window.top.ran=1">Click</a><svg onload="window.top.ran=1"></svg>
      <img src="cid:photo@mail" alt="The parcel"><img src="https://pictures.example/tent.png" alt="A tent"><img src="https://pictures.example/seen" width="1">
      <div class="gmail_quote">On Monday we wrote: your order has left.</div>`,
    attachments: [
      { filename: 'order<script>.html', content: script, contentType: 'text/html' },
      { filename: 'photo.png', content: png, cid: 'photo@mail', contentDisposition: 'inline' },
    ],
  })
  await page.goto(`${desk.address}/inbox/open`)
  await page.getByRole('link', { name: /Where is my invoice/ }).click()
  const message = page.getByRole('article', { name: /^Message from Mia/ })
  await expect.poll(() => inMail('body.innerText')).toMatch(/Where is my invoice\?/)
  await message.getByText(/order.*\.html/).waitFor()
  expect(await message.getByText('photo.png').count()).toBe(0)
  await expect.poll(() => inMail('querySelector("img[alt=\'The parcel\']").naturalWidth')).toBe(1)
  expect(await inMail('querySelector("details").open')).toBe(false)
  await inMail('querySelector("summary").click()')
  expect(await inMail('body.innerText')).toContain('your order has left')
  await inMail('querySelector("a").click()')
  await expectAccessible(page)
  expect(fetched).toEqual([])
  await message.getByRole('button', { name: 'Show pictures' }).click()
  await expect.poll(() => fetched.length).toBeGreaterThan(0)
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

test('where no mail can be brought, an admin has it fetched from a mailbox, and hears at once what is wrong with it', async () => {
  await using server = await startDovecot()
  const [installation] = (await api.call('GET /v1/apps')).data
  await page.goto(`${desk.address}/installations/${installation?.id ?? ''}`)
  await page.getByRole('button', { name: 'Fetch it from a mailbox' }).click()
  const dialog = page.getByRole('dialog', { name: 'Fetch mail from a mailbox' })
  await dialog.getByRole('textbox', { name: 'IMAP server' }).fill('127.0.0.1')
  await dialog.getByRole('combobox', { name: 'Encryption' }).click()
  await page.getByRole('option', { name: /None/ }).click()
  await dialog.getByRole('textbox', { name: 'Port' }).fill(String(server.port))
  await dialog.getByRole('textbox', { name: 'User name' }).fill(server.username)
  await dialog.getByLabel('Password', { exact: false }).first().fill('wrong')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('The server does not take this user name and password.').waitFor()
  await expectAccessible(page)
  await dialog.getByLabel('Password', { exact: false }).first().fill(server.password)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/Fetched from support@shop.example at 127.0.0.1, 0 mails/).waitFor()
  await server.deliver(
    'From: Cem <cem@example.com>\r\nSubject: Fetched\r\nMessage-ID: <f1@example.com>\r\n\r\nHello from afar\r\n',
  )
  await page.getByRole('button', { name: 'Look now' }).click()
  await expect
    .poll(async () => (await api.call('GET /v1/conversations')).data.map((it) => it.attributes.name))
    .toContain('Fetched')
  await page.getByRole('button', { name: 'Remove', exact: true }).last().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Fetch it from a mailbox' }).waitFor()
})
