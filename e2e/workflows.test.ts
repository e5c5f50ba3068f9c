import { readFile } from 'node:fs/promises'

import nodemailer from 'nodemailer'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { mailAbout, sampleReview } from '../integrations/yotpo/simulator-mails.ts'
import { expectAccessible, expectNoSideways, openBrowser, openPage, signIn } from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

let desk: DeskProcess
let browser: Browser
let page: Page
let api: Client
let address = ''

// One admin decides what happens after a bad review: with the mouse, and again without one.
beforeAll(async () => {
  desk = await newDesk()
  await desk.start(['--simulators'])
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey('org.admin', 'org.user') })
  browser = await openBrowser()
  page = await openPage(browser)
  await signIn(page, desk, { name: 'Ada Martin', email: 'ada@example.com', roles: ['org.admin', 'org.user'] })
  const installed = await api.call('POST /v1/apps/install', { body: { app: 'yotpo' } })
  address = installed.data.attributes.hooks.find((hook) => hook.type === 'email')?.url ?? ''
  await bring(2, 'Two sizes smaller than the table says.', new Date(Date.now() - 86_400_000))
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await page.screenshot({ path: new URL('workflows-failure.png', import.meta.url).pathname })
  }
})

let brought = 0

/** A review comes in, by a mail as the provider sends it. */
async function bring(rating: number, content: string, at = new Date()): Promise<void> {
  brought += 1
  const review = {
    ...sampleReview(at),
    rating,
    content,
    id: String(100_000 + brought),
    name: `Mia ${brought}`,
    email: `mia${brought}@example.com`,
  }
  const raw = mailAbout(review, 'table', 'nobodyAnswers', { messageId: `w${brought}@yotpo.com` })
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.smtpPort, ignoreTLS: true })
  await transport.sendMail({ envelope: { from: 'bounces@yotpo.com', to: address }, raw })
  await vi.waitUntil(async () => (await api.call('GET /v1/feedback')).data.length === brought, { timeout: 15_000 })
}

const form = () => page.getByRole('region', { name: 'What is selected' })
const saved = () => page.getByRole('status').getByText('Draft saved').waitFor()

const classOfFocused = `document.activeElement?.className ?? ''`

// In the page's own words: what the browser calls what has the focus.
const nameOfFocused = `(() => {
  const it = document.activeElement
  const labels = [...(it?.labels ?? [])].map((label) => label.textContent)
  return [it?.getAttribute('aria-label'), ...labels, it?.textContent].find((text) => text?.trim())?.trim() ?? ''
})()`

/** Chooses from a list that opens under a field. */
async function choose(field: string, option: string): Promise<void> {
  await form()
    .getByRole('combobox', { name: field })
    .or(form().getByRole('textbox', { name: field }))
    .first()
    .click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

async function addStepAfter(step: string, action: string): Promise<void> {
  await page
    .getByRole('group', { name: /^Canvas/ })
    .getByRole('button', { name: `Add a step after ${step}` })
    .click()
  await page
    .getByRole('dialog')
    .getByRole('option', { name: new RegExp(`^${action}`) })
    .click()
  await expect.poll(() => page.evaluate<string>(classOfFocused)).toContain('workflow-card')
}

async function takeFrom(field: string, group: string, value: string): Promise<void> {
  await form()
    .getByRole('button', { name: `Take ${field} from an earlier step` })
    .click()
  await page.getByRole('group', { name: group }).getByRole('option', { name: value, exact: true }).click()
  await form().getByText(`${group} › ${value}`).first().waitFor()
  await expect.poll(() => page.evaluate<string>(nameOfFocused)).toBe(`Take ${field} from an earlier step`)
}

test('two stars or fewer open a conversation, assign it and notify: built from an empty canvas with the mouse', async () => {
  await page.goto(`${desk.address}/settings/workflows`)
  await page.getByRole('row', { name: /Yotpo: mark escalated reviews done/ }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'New workflow' }).click()
  await page.getByRole('dialog').getByText('Two stars or fewer: open a conversation').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Start from nothing' }).click()
  await page.getByRole('textbox', { name: 'Name of the workflow' }).fill('Bad reviews')
  await page.getByRole('button', { name: /2 things to mend/ }).waitFor()
  await choose('What starts it', 'Feedback came in')

  await addStepAfter('Feedback came in', 'Open a conversation about feedback')
  await takeFrom('Feedback', 'Feedback came in', 'id')
  await addStepAfter('Open a conversation about feedback', 'Assign a conversation')
  await takeFrom('Conversation', 'Open a conversation about feedback', 'id')
  await choose('Users', 'Ada Martin')
  await page.keyboard.press('Escape')
  await addStepAfter('Assign a conversation', 'Notify somebody')
  await choose('Users', 'Ada Martin')
  await page.keyboard.press('Escape')
  await form().getByRole('textbox', { name: 'What it says' }).fill('A bad review: {{steps.1.score}} stars')
  await takeFrom('Conversation that it leads to', 'Open a conversation about feedback', 'id')

  await page.getByRole('button', { name: /^Feedback came in/ }).click()
  await form().getByRole('textbox', { name: 'Name of the branch' }).fill('Two or fewer')
  await form().getByRole('button', { name: 'Add a condition' }).click()
  await takeFrom('What condition 1 looks at', 'Feedback came in', 'score')
  await choose('How condition 1 compares', 'is at most')
  await form().getByRole('textbox', { name: 'What condition 1 compares with' }).fill('2')
  await saved()
  await page.getByRole('button', { name: /to mend/ }).waitFor({ state: 'hidden' })
  await expectAccessible(page)
})

const effects = async () => {
  const drawer = page.getByRole('dialog', { name: 'Try it out' })
  await drawer.getByText('It would run through').waitFor()
  return drawer
}

test('it is tried out on yesterday’s review: the path and every effect are shown, and nothing is done', async () => {
  const before = (await api.call('GET /v1/conversations')).data.length
  await page.getByRole('button', { name: 'Try it out' }).click()
  await page.getByRole('radio', { name: /2 of 5 · .*Mia 1/ }).check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Try it', exact: true }).click()
  const drawer = await effects()
  await drawer.getByText('Opens a conversation about the feedback.').waitFor()
  await drawer.getByText('Tells Ada Martin: A bad review: 2 stars').waitFor()
  await expectAccessible(page)
  expect((await api.call('GET /v1/conversations')).data).toHaveLength(before)
  await page.keyboard.press('Escape')
})

test('published, it runs while one looks: the conversation is there, assigned, and a notification', async () => {
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText('Version 1 is live.').waitFor()
  await page.getByRole('tab', { name: 'Runs' }).click()
  await page.getByText('No runs here').waitFor()
  await bring(5, 'All good.')
  await bring(1, 'It leaks.')
  await page.getByRole('cell', { name: 'Done', exact: true }).waitFor()
  expect(await page.getByRole('row').count()).toBe(2) // its head, and the one run: five stars start nothing
  await page.getByRole('button', { name: /^Look at the run/ }).click()
  const run = page.getByRole('dialog', { name: 'A run' })
  await run.getByRole('button', { name: 'Input and output of Notify somebody' }).click()
  await run.getByText('A bad review: 1 stars').first().waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  const open = (await api.call('GET /v1/conversations')).data.filter((it) => it.attributes.assignedUsers.length > 0)
  expect(open).toHaveLength(1)
  await page
    .getByRole('button', { name: /notification/i })
    .first()
    .click()
  await page.getByText('A bad review: 1 stars').last().waitFor()
  await page.keyboard.press('Escape')
})

test('tried out on a good review, it says why it would not start', async () => {
  await page.getByRole('button', { name: 'Try it out' }).click()
  await page.getByRole('radio', { name: /^5 of 5/ }).check()
  await page.getByRole('button', { name: 'Try it', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'Try it out' })
  await drawer.getByText('It would not start').waitFor()
  await drawer.getByText('Two or fewer: Feedback came in › score is 5; the condition is “is at most 2”.').waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
})

test('Yotpo’s mark-done rule is changed: from then on bad reviews stay open', async () => {
  await page.goto(`${desk.address}/settings/workflows`)
  await page.getByRole('link', { name: 'Yotpo: mark escalated reviews done' }).click()
  await page.getByRole('tab', { name: 'List' }).click()
  await page
    .getByRole('button', { name: /Which review is it/ })
    .first()
    .click()
  await form().getByRole('textbox', { name: 'What condition 2 compares with' }).fill('3')
  await saved()
  await page.getByText('Changes are not published yet').waitFor()
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByLabel('The draft against what was published last').getByText('+', { exact: false }).first().waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText('Version 2 is live.').waitFor()
  await bring(1, 'Broke at once.')
  await bring(4, 'Nice.')
  const stateOf = async (name: string) => {
    const [found] = (await api.call('GET /v1/customers', { query: { q: `${name}@example.com` } })).data
    const talks = await api.call('GET /v1/customers/{id}/conversations', { params: { id: found?.id ?? '' } })
    return talks.data[0]?.attributes.status
  }
  await expect.poll(() => stateOf(`mia${brought}`)).toBe('done')
  expect(await stateOf(`mia${brought - 1}`)).toBe('open')
  await page.getByRole('button', { name: 'Go back to this' }).click()
  await page.getByText('Back to version 1').waitFor()
})

/** What Enter would take from the list that is open. */
const marked = `document.querySelector('[role=option][data-combobox-selected]')?.textContent ?? ''`

/** Presses Tab until what has the focus is called so; `back` goes the other way. */
async function tabTo(name: string | RegExp, back = false): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    const called = await page.evaluate<string>(nameOfFocused)
    if (typeof name === 'string' ? called === name || called === `${name} *` : name.test(called)) {
      return
    }
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
  }
  throw new Error(`no Tab leads to ${String(name)}`)
}

/** Types into a field that searches a list, and takes what fits first. */
async function pickByKeys(text: string): Promise<void> {
  await page.keyboard.type(text)
  await expect.poll(() => page.getByRole('option').first().textContent()).toContain(text)
  await page.keyboard.press('Enter')
}

async function addByKeys(action: string): Promise<void> {
  await page.keyboard.press('a')
  await page.getByRole('textbox', { name: 'Look for an action' }).waitFor()
  await pickByKeys(action)
  await page.getByRole('dialog', { name: 'What happens next?' }).waitFor({ state: 'hidden' })
  await expect.poll(() => page.evaluate<string>(nameOfFocused)).toContain(action)
}

/** Takes a field's value from an earlier step, and is at that field afterwards. */
async function takeByKeys(field: string, group: string, value: string): Promise<void> {
  await tabTo(`Take ${field} from an earlier step`)
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Look for a value' }).waitFor()
  await page.keyboard.type(`${group} ${value}`)
  await expect.poll(() => page.getByRole('option').allTextContents()).toContain(value)
  await expect.poll(() => page.getByRole('option').count()).toBeLessThan(4)
  await page.keyboard.press('Enter')
  await form().getByText(`${group} › ${value}`).first().waitFor()
  await expect.poll(() => page.evaluate<string>(nameOfFocused)).toBe(`Take ${field} from an earlier step`)
}

/** Leaves the form for the step on the canvas. */
async function toCanvas(): Promise<void> {
  // While a list is still closing, the key is for the list.
  await expect.poll(() => page.getByRole('option').filter({ visible: true }).count()).toBe(0)
  await page.keyboard.press('Escape')
  await expect.poll(() => page.evaluate<string>(classOfFocused)).toContain('workflow-card')
}

test('the same workflow is built, tried out and published by the keyboard alone', async () => {
  await page.goto(`${desk.address}/settings/workflows`)
  await page.getByRole('row', { name: /Bad reviews/ }).waitFor()
  await tabTo('New workflow')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('Two stars or fewer: open a conversation').waitFor()
  await tabTo('Start from nothing')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /2 things to mend/ }).waitFor()

  await tabTo(/^Choose what starts it/)
  await page.keyboard.press('Enter')
  await tabTo('What starts it')
  await pickByKeys('Feedback came')
  await toCanvas()
  await addByKeys('Open a conversation about')
  await page.keyboard.press('Enter')
  await takeByKeys('Feedback', 'Feedback came in', 'id')
  await toCanvas()
  await addByKeys('Assign a conversation')
  await page.keyboard.press('Enter')
  await takeByKeys('Conversation', 'Open a conversation about feedback', 'id')
  await tabTo('Users')
  await pickByKeys('Ada')
  await page.keyboard.press('Escape')
  await toCanvas()
  await addByKeys('Notify somebody')
  await page.keyboard.press('Enter')
  await tabTo('Users')
  await pickByKeys('Ada')
  await page.keyboard.press('Escape')
  await tabTo('What it says')
  await page.keyboard.type('By keyboard: {{steps.1.score}} stars')
  await toCanvas()

  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await form().getByRole('heading', { name: 'Feedback came in' }).waitFor()
  await page.keyboard.press('Enter')
  await tabTo('Add a condition')
  await page.keyboard.press('Enter')
  await tabTo('What condition 1 looks at', true)
  await takeByKeys('What condition 1 looks at', 'Feedback came in', 'score')
  await tabTo('How condition 1 compares')
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'is at most' }).waitFor()
  while ((await page.evaluate<string>(marked)) !== 'is at most') {
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await tabTo('What condition 1 compares with')
  await page.keyboard.type('2')
  await saved()
  await page.getByRole('button', { name: /to mend/ }).waitFor({ state: 'hidden' })

  await tabTo('Try it out', true)
  await page.keyboard.press('Enter')
  await page.getByRole('radio', { name: /2 of 5 · .*Mia 1/ }).waitFor()
  await tabTo(/^.*(1|2|4|5) of 5/)
  while (!(await page.getByRole('radio', { name: /2 of 5 · .*Mia 1/ }).isChecked())) {
    await page.keyboard.press('ArrowDown')
  }
  await tabTo('Try it')
  await page.keyboard.press('Enter')
  const drawer = await effects()
  await drawer.getByText(/By keyboard: 2 stars$/).waitFor()
  await page.keyboard.press('Escape')
  await tabTo('Publish', true)
  await page.keyboard.press('Enter')
  await page.getByText('Version 1 is live.').waitFor()
  await bring(2, 'Not what I ordered.')
  const titles = async () =>
    (await api.call('GET /v1/workflow-runs')).data
      .filter((it) => it.attributes.workflowName === 'New workflow')
      .map((it) => it.attributes.state)
  await expect.poll(titles).toEqual(['done'])
})

test('a workflow goes out as a file and comes in again, and a file that is none says so', async () => {
  await page.goto(`${desk.address}/settings/workflows`)
  await page.getByRole('link', { name: 'Bad reviews' }).click()
  await page.getByRole('button', { name: 'More' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Export as JSON' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('Bad reviews.json')
  const text = await readFile(await file.path(), 'utf8')
  await page.goto(`${desk.address}/settings/workflows`)
  await page.getByRole('button', { name: 'New workflow' }).click()
  await importFile('null')
  await page.getByRole('alert').getByText('The file holds JSON, but no workflow').waitFor()
  await importFile('{"name": 7}')
  await page.getByRole('alert').getByRole('listitem').getByText('name', { exact: true }).waitFor()
  await expectAccessible(page)
  await importFile(text.replace('Bad reviews', 'From a file'))
  await page.getByText('Draft, nothing is live').waitFor()
  expect(await page.getByRole('textbox', { name: 'Name of the workflow' }).inputValue()).toBe('From a file')
})

test('a step is put between two others, and what comes after stays after it', async () => {
  const canvas = page.getByRole('group', { name: /^Canvas/ })
  await canvas.getByRole('button', { name: 'Put a step in between: Two or fewer' }).click()
  await page
    .getByRole('dialog')
    .getByRole('option', { name: /^Wait$|^Wait for a while|^Wait/ })
    .first()
    .click()
  await saved()
  await page.getByRole('tab', { name: 'List' }).click()
  const steps = async () => (await shown('From a file')).steps.map((it) => it.action)
  await expect.poll(steps).toContain('tellback.wait.duration')
  const { trigger, steps: made } = await shown('From a file')
  const wait = made.find((it) => it.action === 'tellback.wait.duration')
  expect(trigger.transitions.map((it) => [it.target, it.condition === undefined])).toEqual([[wait?.id, false]])
  expect(wait?.transitions).toEqual([
    { target: made.find((it) => it.action === 'tellback.feedback.open-conversation')?.id },
  ])
})

test('conditions are put into groups: few stars, and one thing or another', async () => {
  await page.getByRole('tab', { name: 'Canvas' }).click()
  await page.getByRole('button', { name: /^Feedback came in/ }).click()
  const stars = form().getByRole('textbox', { name: 'What condition 1 compares with' })
  await stars.fill('')
  await stars.pressSequentially('2.5')
  await form().getByRole('button', { name: 'Add a group' }).click()
  await takeFrom('What condition 2.1 looks at', 'Feedback came in', 'text')
  await choose('How condition 2.1 compares', 'contains')
  await form().getByRole('textbox', { name: 'What condition 2.1 compares with' }).fill('leak')
  await takeFrom('What condition 2.2 looks at', 'Feedback came in', 'product')
  await choose('How condition 2.2 compares', 'has a value')
  await expectAccessible(page)
  const conditions = async () => (await shown('From a file')).trigger.transitions.map((it) => it.condition)
  const anyOf = [
    { op: 'contains', values: ['/#steps.1.text', 'leak'] },
    { op: 'exists', values: ['/#steps.1.product', ''] },
  ]
  await expect.poll(conditions).toEqual([
    {
      op: 'and',
      values: [
        { op: 'lte', values: ['/#steps.1.score', 2.5] },
        { op: 'or', values: anyOf },
      ],
    },
  ])
  expect(await page.getByRole('button', { name: /^Feedback came in.*to mend/ }).count()).toBe(0)
})

test('whoever has the conversation is told: users come from an earlier step, too', async () => {
  await page.getByRole('button', { name: /^Notify somebody/ }).click()
  await takeFrom('Users', 'Assign a conversation', 'assigned users')
  const users = async () =>
    (await shown('From a file')).steps.find((it) => it.action === 'tellback.user.notify')?.params['users']
  await expect.poll(users).toMatch(/^\/#steps\..+\.assignedUsers$/)
  await form().getByRole('button', { name: 'Take the value of Users away' }).click()
  await choose('Users', 'Ada Martin')
  await expect.poll(users).toHaveLength(1)
})

test('a newer form of an app’s workflow is compared before it is taken', async () => {
  const yotpo = 'Yotpo: mark escalated reviews done'
  await desk.sql(
    `update workflows set upgrade = jsonb_build_object('appVersion', '9.0.0', 'document', draft || '{"description":"What is new."}')
     where draft->>'name' = $1`,
    [yotpo],
  )
  await page.goto(`${desk.address}/settings/workflows`)
  await page.getByRole('link', { name: yotpo }).click()
  await page.getByText('yotpo brings a newer version of this workflow').waitFor()
  await page.getByRole('button', { name: 'Show the difference' }).click()
  await page.getByLabel('Yours against the app’s').getByText('What is new.').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Take the app’s as a draft' }).click()
  await page.getByText('brings a newer version').waitFor({ state: 'hidden' })
  await page.getByText('Changes are not published yet').waitFor()
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText(/^Version \d is live\.$/).waitFor()
  expect((await shown(yotpo)).description).toBe('What is new.')
})

async function importFile(text: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Import a file' }).click()
  await (await chooser).setFiles({ name: 'workflow.json', mimeType: 'application/json', buffer: Buffer.from(text) })
}

/** What is live of a workflow, or its draft where nothing is. */
async function shown(name: string) {
  const found = (await api.call('GET /v1/workflows')).data.find((it) => it.attributes.name === name)
  return (await api.call('GET /v1/workflows/{id}', { params: { id: found?.id ?? '' } })).data.attributes
}

test('the editor is usable on a phone, and in the dark', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(`${desk.address}/settings/workflows`)
  await page.getByRole('link', { name: 'Bad reviews' }).click()
  await page.getByRole('tab', { name: 'List' }).click()
  await page
    .getByRole('button', { name: /Assign a conversation/ })
    .first()
    .click()
  await form().getByRole('heading', { name: 'Assign a conversation' }).waitFor()
  await expectNoSideways(page)
  await expectAccessible(page)
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.emulateMedia({ colorScheme: 'light' })
})
