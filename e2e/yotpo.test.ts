import nodemailer from 'nodemailer'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client, ItemOf } from '../client/index.ts'
import { simulatedKeys } from '../integrations/yotpo/simulator-api.ts'
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
  await desk.start(['--simulators'])
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
const mailAddress = (installation: ItemOf<'GET /v1/apps'> | undefined) =>
  installation?.attributes.hooks.find((hook) => hook.type === 'email')?.url ?? ''
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
  address = mailAddress((await api.call('GET /v1/apps')).data[0])
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

const comments = async () =>
  (await (await fetch(`${desk.address}/simulators/yotpo/api/control/comments`)).json()) as object[]

test('with the store’s keys the question is answered where it was asked, for everybody or for the shopper alone', async () => {
  const way = page.getByRole('radiogroup', { name: 'How the answer leaves' })
  await page.getByText(/name no address that answers leave from/).waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Send reply' }).isDisabled()).toBe(true)
  const [installation] = (await api.call('GET /v1/apps')).data
  await page.goto(`${desk.address}/installations/${installation?.id ?? ''}`)
  await page.getByRole('textbox', { name: 'App key (store id)' }).fill(simulatedKeys.storeId)
  await page.getByRole('textbox', { name: 'Secret key' }).fill('wrong')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('is not the secret key of this store').first().waitFor()
  await page.getByRole('textbox', { name: 'Secret key' }).fill(simulatedKeys.apiSecret)
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('is not the secret key of this store').first().waitFor({ state: 'hidden' })
  await page.goto(`${desk.address}/inbox/open`)
  await page.getByRole('link', { name: /Ben Roth/ }).click()
  // By mail it cannot leave; what is chosen then is not what everybody reads.
  await page.getByText('Yotpo sends it to the shopper; the store does not show it.').waitFor()
  await way.getByText('Yotpo, for everybody').click()
  await page.getByText('Shown with the question in the store, to everybody.').waitFor()
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Reply to Ben Roth' }).fill('Yes, with twelve pegs.')
  await page.getByRole('button', { name: 'Publish reply' }).click()
  await expect
    .poll(comments, { timeout: 20_000 })
    .toMatchObject([{ kind: 'question', id: '300400', content: 'Yes, with twelve pegs.', isPublic: true }])
  const answer = page.getByRole('article', { name: 'Message from Ada Martin' })
  await answer.getByText('Yes, with twelve pegs.').waitFor()
  await answer.getByText('On its way.').waitFor({ state: 'hidden' })
})

test('a review is answered from the desk, to the reviewer alone', async () => {
  await page.goto(`${desk.address}/reviews`)
  await page
    .getByRole('article', { name: /Worse than I thought/ })
    .getByRole('button', { name: 'Reply in public' })
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Only the customer').click()
  await dialog.getByText('Yotpo sends it to the reviewer; the store does not show it.').waitFor()
  await dialog.getByRole('textbox', { name: 'Reply to the customer on Yotpo' }).fill('We are sorry, and call you.')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Send by Yotpo' }).click()
  await expect
    .poll(async () => (await comments()).at(-1), { timeout: 20_000 })
    .toMatchObject({ kind: 'review', id: '100200', isPublic: false })
  await dialog.getByText('Replied', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
})

test('two stores are told apart by their addresses', async () => {
  const { data } = await api.call('POST /v1/apps/install', { body: { app: 'yotpo', name: 'Boots' } })
  await bring(mail({ ...review, product: 'Trail boots' }, 'lines', 'b1@yotpo.com'), mailAddress(data))
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
  await page.getByRole('alert').getByText('Nothing was made of it').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await expectNoSideways(page)
  await expectAccessible(page)
})

const oddly = (who: string, hearts: number, said: string) =>
  simulatedMail({
    from: 'Yotpo <noreply@yotpo.com>',
    subject: 'Somebody wrote',
    at,
    messageId: `${who}@yotpo.com`,
    text: `We heard from a shopper\nWriter: ${who} (${who}@example.com)\nVerdict: ${hearts} hearts\nSaid\n${said}\nMore in the console`,
  })

test('a mail that was not told for sure is corrected once, and the next of its kind is read so', async () => {
  await page.setViewportSize({ width: 1280, height: 860 })
  await bring(oddly('nora', 2, 'The pole is bent.'))
  await page.goto(`${desk.address}/deliveries?status=failed`)
  await page.getByRole('main').getByRole('link').first().click()
  await page.getByRole('heading', { name: 'What is this mail?' }).waitFor()
  await page.getByRole('textbox', { name: 'Stars' }).fill('none')
  await page.getByRole('button', { name: 'Remember this' }).click()
  await page.getByText('must say one to five stars, as the mail does').waitFor()
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Stars' }).fill('2')
  await page.getByRole('textbox', { name: 'What they wrote' }).click()
  await page.getByRole('button', { name: 'The pole is bent.' }).click()
  await page.getByRole('textbox', { name: 'Name of the shopper' }).fill('nora')
  await page.getByRole('textbox', { name: 'E-mail of the shopper' }).fill('nora@example.com')
  await page.getByRole('button', { name: 'Remember this' }).click()
  await page.getByText('Learned: this mail runs again').waitFor()
  await page.getByText('Created yotpo-review').waitFor()
  await bring(oddly('otto', 4, 'All is well.'))
  await expect
    .poll(async () => {
      const { data } = await api.call('GET /v1/feedback', { query: { pageSize: 100 } })
      return data
        .filter((it) => ['nora', 'otto'].includes(it.attributes.respondent.name ?? ''))
        .map(({ attributes: it }) => [it.respondent.email, it.score, it.text])
        .toSorted((a, b) => Number(a[1]) - Number(b[1]))
    })
    .toEqual([
      ['nora@example.com', 2, 'The pole is bent.'],
      ['otto@example.com', 4, 'All is well.'],
    ])
  const [installation] = (await api.call('GET /v1/apps')).data.filter((it) => mailAddress(it) === address)
  await page.goto(`${desk.address}/installations/${installation?.id ?? ''}`)
  await page.getByRole('heading', { name: 'What was learned' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Forget Somebody wrote' }).click()
  await page.getByRole('heading', { name: 'What was learned' }).waitFor({ state: 'hidden' })
})
