import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { expectAccessible, expectNoSideways, openBrowser, openPage, signIn } from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

let desk: DeskProcess
let browser: Browser
/** The agent's page, and the page of whoever is asked. */
let page: Page
let asked: Page
let api: Client
const pages = () => `${desk.address}/simulators/surveymonkey/pages`

// One survey's story, told in order.
beforeAll(async () => {
  desk = await newDesk()
  await desk.start(['--simulators'])
  const roles = ['org.admin', 'org.user', 'org.hooks']
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey(...roles) })
  browser = await openBrowser()
  page = await openPage(browser)
  asked = await openPage(browser)
  await signIn(page, desk, { name: 'Ada Martin', email: 'ada@example.com', roles })
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await page.screenshot({ path: new URL('surveys-failure.png', import.meta.url).pathname })
  }
  await page.setViewportSize({ width: 1280, height: 860 })
})

const strip = () => page.getByRole('region', { name: 'Survey' })
async function talkWith(name: string, email: string): Promise<string> {
  const { data: customer } = await api.call('POST /v1/customers', { body: { name, emails: [{ email }] } })
  const { data } = await api.call('POST /v1/conversations', {
    body: { customer: customer.id, name: `Question by ${name}` },
  })
  await api.call('POST /v1/conversations/{id}/messages', {
    params: { id: data.id },
    body: { app: 'test', channel: 'email', direction: 'in', preview: 'Where is my tent?' },
  })
  return data.id
}
const open = (id: string) => page.goto(`${desk.address}/conversations/${id}`)
const done = () => page.getByRole('button', { name: 'Done', exact: true })

test('an admin connects SurveyMonkey from lists alone; a wrong token and a wrong collector are refused with the reason', async () => {
  await page.goto(`${desk.address}/apps/surveymonkey`)
  await page.getByRole('button', { name: 'Install', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'SurveyMonkey access token' }).fill('wrong')
  await dialog.getByRole('button', { name: 'Install', exact: true }).click()
  await dialog.getByText(/answered 401/).waitFor()
  await expectAccessible(page)
  await dialog.getByRole('textbox', { name: 'SurveyMonkey access token' }).fill('demo-token')
  await dialog.getByLabel('Seconds until send').fill('0')
  await dialog.getByRole('button', { name: 'Install', exact: true }).click()
  await page.getByRole('heading', { name: 'Asking and answers' }).waitFor()
  await page.getByRole('combobox', { name: 'Survey' }).click()
  await page.getByRole('option', { name: 'How did we do?' }).click()
  await page.getByRole('combobox', { name: 'Collector' }).click()
  await page.getByRole('option', { name: /On our website/ }).click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page
    .getByRole('alert')
    .getByText(/only an Email Invitation collector sends invitations/)
    .waitFor()
  await page.getByRole('combobox', { name: 'Collector' }).click()
  await page.getByRole('option', { name: /Support invitations/ }).click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('SurveyMonkey calls us when somebody answers.').waitFor()
  await page.getByText(/of 500 calls a day are left/).waitFor()
  await expectAccessible(page)
  const webhooks = (await (await fetch(`${pages()}/control/webhooks`)).json()) as { eventType: string }[]
  expect(webhooks.map((it) => it.eventType)).toContain('response_completed')
})

test('a conversation is closed, the customer is asked, answers, and the answer stands on the timeline while one looks', async () => {
  const id = await talkWith('Mia Berg', 'mia@example.com')
  await open(id)
  await done().click()
  await page.reload()
  await strip().getByText('On its way').waitFor({ timeout: 20_000 })
  await page
    .getByRole('log', { name: 'Messages and notes' })
    .getByText(/A survey request was sent/)
    .waitFor()
  await expectAccessible(page)
  await asked.goto(`${pages()}/`)
  await asked.getByRole('article').filter({ hasText: 'mia@example.com' }).getByRole('link').click()
  await asked.getByRole('radio', { name: '2' }).check()
  await asked.getByLabel('Anything else?').fill('It took three mails.')
  await asked.getByRole('button', { name: 'Done' }).click()
  await asked.getByText('Your answer was sent.').waitFor()
  await strip().getByText('Answered').waitFor({ timeout: 20_000 })
  await page.getByRole('link', { name: 'Mia Berg' }).first().click()
  await page.getByText('It took three mails.').first().waitFor()
  await page.getByText('Survey by SurveyMonkey').waitFor()
  await expectAccessible(page)
  const [feedback] = (await api.call('GET /v1/feedback')).data
  expect(feedback?.attributes).toMatchObject({ metric: 'stars', score: 2, kind: 'survey', trust: 'refetched' })
  expect((await api.call('GET /v1/conversations/{id}', { params: { id } })).data.attributes.status).toBe('done')
})

test('“Why?” says which rules saw what, for one that was sent and for one that was not', async () => {
  await page.goBack()
  await strip().getByRole('button', { name: 'Why?' }).click()
  const why = page.getByRole('dialog')
  await why.getByRole('heading', { name: 'Why the customer is asked' }).waitFor()
  await why
    .getByRole('row', { name: /Asked lately/ })
    .getByText('asked 0 times in 30 days')
    .waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  const { data } = await api.call('GET /v1/customers/email={value}', { params: { value: 'mia@example.com' } })
  const again = await api.call('POST /v1/conversations', { body: { customer: data.id, name: 'Another question' } })
  await open(again.data.id)
  await done().click()
  await page.reload()
  await strip().getByText('Not asked').waitFor({ timeout: 20_000 })
  await strip().getByRole('button', { name: 'Why?' }).click()
  await why.getByRole('heading', { name: 'Why the customer is not asked' }).waitFor()
  await why
    .getByText(/was asked once in the last 30 days/)
    .first()
    .waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await expectNoSideways(page)
})

test('an agent closes without a survey, and nobody is asked', async () => {
  const id = await talkWith('Ben Okafor', 'ben@example.com')
  await open(id)
  await page.getByRole('button', { name: 'Other ways to close' }).click()
  await page.getByRole('menuitem', { name: 'Done, without a survey' }).click()
  await page.getByText('nobody is asked about it').waitFor()
  await page.reload()
  await strip().getByText('Not asked').waitFor({ timeout: 20_000 })
  await strip()
    .getByText(/closed it without a survey/)
    .waitFor()
  const invited = (await (await fetch(`${pages()}/control/invitations`)).json()) as { email: string }[]
  expect(invited.map((it) => it.email)).toEqual(['mia@example.com'])
})

test('the policy is tried on what was closed before it is saved, and a wrong value stands at its field', async () => {
  await page.goto(`${desk.address}/settings/surveys`)
  await page.getByRole('button', { name: 'Dry run' }).click()
  await page.getByText('3 closes were looked at').waitFor()
  await page.getByRole('row', { name: /Somebody kept it back/ }).waitFor()
  await expectAccessible(page)
  await page.getByRole('switch', { name: 'Leave people alone at some hours' }).click({ force: true })
  await page.getByLabel('From').fill('')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText(/must be a time such as 21:30/).waitFor()
  await page.getByLabel('From').fill('21:00')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved. It counts for surveys that are scheduled already, too.').waitFor()
  expect((await api.call('GET /v1/survey-policy')).data.policy.quietHours).toMatchObject({ from: '21:00' })
})

test('a customer who does not want to be asked is left alone', async () => {
  const { data } = await api.call('GET /v1/customers/email={value}', { params: { value: 'ben@example.com' } })
  await page.goto(`${desk.address}/customers/${data.id}`)
  await page.getByRole('button', { name: 'Never ask' }).click()
  await page.getByText('Not to be asked: Asked not to be.').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Ask again' }).click()
  await page.getByText('May be asked').waitFor()
})

test('the scores show the answer with how sure that is, and every week leads to the answers behind it', async () => {
  await page.goto(`${desk.address}/scores?metric=stars`)
  const table = page.getByRole('region', { name: 'Scores as a table' })
  await table.getByRole('cell', { name: '2.00', exact: true }).waitFor()
  await table.getByRole('cell', { name: '100 %' }).waitFor() // one was asked and answered
  await expectAccessible(page)
  await page.getByRole('combobox', { name: 'By' }).click()
  await page.getByRole('option', { name: 'Store' }).click()
  await table.getByRole('link', { name: 'SurveyMonkey' }).click()
  await page
    .getByRole('article')
    .filter({ hasText: 'It took three mails.' })
    .or(page.getByText('It took three mails.'))
    .first()
    .waitFor()
  await page.getByText('Score: stars').waitFor()
  await expectAccessible(page)
  await page.goBack()
  await page.locator('.recharts-wrapper').hover()
  await page.locator('.recharts-tooltip-wrapper').getByText('Score').waitFor()
  await page.locator('.recharts-wrapper').click()
  await page.getByText('Score: stars').waitFor() // a point leads there, too
  await page.goBack()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  expect((await download).suggestedFilename()).toBe('scores-stars-by-installation.csv')
  await page.goto(`${desk.address}/scores?metric=nps`)
  await page.getByText('No answers of this kind in these days').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${desk.address}/scores?metric=stars`)
  await table.waitFor()
  await expectNoSideways(page)
  await expectAccessible(page)
})

test('requests are searched by what became of them, and every table leaves the desk as a file', async () => {
  await page.goto(
    `${desk.address}/search?show=survey&filters=${encodeURIComponent(JSON.stringify([{ attribute: 'survey_state', operator: 'in', value: ['skipped'] }]))}`,
  )
  await page.getByRole('row', { name: /^Not asked Ben/ }).waitFor()
  await expect.poll(() => page.getByRole('row', { name: /^Answered/ }).count()).toBe(0)
  await page.getByRole('textbox', { name: 'Words' }).fill('nobody of that name')
  await page.getByText('Nothing fits').waitFor()
  await page.getByRole('textbox', { name: 'Words' }).fill('ben')
  await page.getByRole('row', { name: /^Not asked Ben/ }).waitFor()
  await expectAccessible(page)
  expect(await exported('Surveys.csv')).toContain('"Not asked"')
  for (const [path, name, within] of [
    ['/reviews', 'reviews-and-answers.csv', 'It took three mails.'],
    ['/deliveries', 'deliveries.csv', 'SurveyMonkey'],
    ['/customers', 'customers.csv', 'mia@example.com'],
    ['/settings/users', 'Users.csv', 'Admin'],
    ['/settings/audit', 'audit-log.csv', 'installation'],
  ] as const) {
    await page.goto(desk.address + path)
    expect(await exported(name), path).toContain(within)
  }
})

/** What the page's export writes. */
async function exported(name: string): Promise<string> {
  const arriving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const download = await arriving
  expect(download.suggestedFilename()).toBe(name)
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) {
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
