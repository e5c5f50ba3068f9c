import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'

import { signInLink, startDeskProcess } from './desk.ts'
import { median } from './figures.ts'
import type { Figures } from './figures.ts'
import { fillRecords } from './records.ts'
import type { Target } from './target.ts'

const many = 1_000_000
const openings = 40
const events = 20
const typed = 'A sentence that somebody writes to a customer while the desk works beside it. '.repeat(3)
const keyEveryMs = 25
const longTimeline = 5_000
const atOnce = 50
const wheelPixels = 1_200

/** What an agent waits for in a real browser, with a million customers in the database. */
export async function measurePage(target: Target, figures: Figures): Promise<void> {
  const records = await fillRecords(target, many)
  await using desk = await startDeskProcess(target.dataFolder, target.port, 'both')
  const link = await signInLink(target.dataFolder)
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(desk.address + new URL(link).pathname + new URL(link).hash)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Assigned to me' }).waitFor()

  const kilobytes = await initialScript(page)
  figures.report('initial script, compressed', kilobytes, 'kB', 'under 350', kilobytes < 350)

  const opened = await openCustomers(page, desk.address)
  figures.note('opening a customer, p99 in ms', opened.toSorted((a, b) => a - b)[Math.floor(opened.length * 0.99)] ?? 0)
  const opening = median(opened)
  figures.report('opening a customer from the list to the painted timeline', opening, 'ms', 'under 200', opening < 200)

  await page.goto(`${desk.address}/conversations/${records.conversations[0] ?? ''}`)
  const longest = await longestFrame(page)
  figures.report('longest frame while typing', longest, 'ms', 'at most 100', longest <= 100)

  const frames = await scrollTimeline(page, desk.address, target)
  figures.note('median frame while scrolling in ms', median(frames))
  figures.note('longest frame while scrolling in ms', Math.max(...frames))
  const slow = frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.99)] ?? 0
  figures.report(
    `99 of 100 frames while scrolling through ${longTimeline} cards take`,
    slow,
    'ms',
    'at most 50',
    slow <= 50,
  )

  const painted = await eventsPainted(page, desk.address, target)
  figures.note('a live event, slowest in ms', Math.max(...painted))
  const event = median(painted)
  figures.report('a live event from acknowledged to painted', event, 'ms', 'under 500', event < 500)
}

/** Kilobytes of script that come over the wire before the first page is there. */
async function initialScript(page: Page): Promise<number> {
  await page.reload()
  await page.getByRole('heading', { name: 'Assigned to me' }).waitFor()
  const bytes = Number(
    await page.evaluate(
      `performance.getEntriesByType('resource').filter((it) => it.name.endsWith('.js')).reduce((sum, it) => sum + it.encodedBodySize, 0)`,
    ),
  )
  return bytes / 1000
}

/** From the click on a row to the frame that shows the customer's timeline, in milliseconds, for one customer after another. */
async function openCustomers(page: Page, address: string): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < openings; index++) {
    await page.goto(`${address}/customers?page=${1 + (index % 4)}`)
    const rows = 'main tbody a[href^="/customers/"]'
    await page
      .locator(rows)
      .nth(index % 20)
      .waitFor()
    times.push(
      Number(
        await page.evaluate(`new Promise((resolve) => {
          const begin = performance.now()
          const look = () => document.querySelector('article.timeline-item') === null
            ? requestAnimationFrame(look)
            : requestAnimationFrame(() => resolve(performance.now() - begin)) // the frame after holds it
          document.querySelectorAll('${rows}')[${index % 20}].click()
          requestAnimationFrame(look)
        })`),
      ),
    )
  }
  return times
}

/** The longest time between two frames while somebody types an answer, in milliseconds. */
async function longestFrame(page: Page): Promise<number> {
  const field = page.getByRole('textbox', { name: /^Reply to/ })
  await field.click()
  await page.evaluate(`
    window.longest = 0
    let last = performance.now()
    const frame = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame) }
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame) })`)
  await page.keyboard.type(typed, { delay: keyEveryMs })
  return Number(await page.evaluate('window.longest'))
}

/** The times between two frames, in milliseconds, while somebody scrolls through a timeline of thousands by the wheel. */
async function scrollTimeline(page: Page, address: string, target: Target): Promise<number[]> {
  const hook = address + target.path
  for (let done = 0; done < longTimeline; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, index) => deliver(hook, 'Long', done + index)))
  }
  await openCustomer(page, address, 'Long Person', `Comment number ${longTimeline - 1} of them`)
  await page.evaluate(`
    window.frames = []
    let last = performance.now()
    const frame = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(frame) }
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame) })`)
  const end = page.getByText('That is everything.')
  await page.mouse.move(600, 500)
  while (!(await end.isVisible())) {
    await page.mouse.wheel(0, wheelPixels)
    await page.waitForTimeout(keyEveryMs)
  }
  return (await page.evaluate('window.frames')) as number[]
}

async function openCustomer(page: Page, address: string, name: string, comment: string): Promise<void> {
  await page.goto(`${address}/customers`)
  await page.getByRole('textbox', { name: 'Search customers' }).fill(name)
  await page.getByRole('link', { name }).click()
  await page.getByText(comment, { exact: true }).waitFor()
}

/** Posts one answer of somebody; resolves when it is acknowledged, with that time. */
async function deliver(hook: string, who: string, index: number): Promise<number> {
  const reply = await fetch(hook, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      event_type: 'survey_response.created',
      event_id: `${who}${index}`.padStart(64, '0'),
      event_data: {
        id: `${who}${index}`,
        person: { id: who, email: `${who}@example.com`, name: `${who} Person`, created_at: 1732186784 },
        survey_type: 'nps',
        score: index % 11,
        comment: `Comment number ${index} of them`,
        permalink: 'https://example.com/r/1',
        created_at: 1732186844 + index,
        updated_at: 1732186844 + index,
        person_properties: null,
        notes: [],
        tags: [],
        additional_answers: [],
      },
    }),
  })
  await reply.arrayBuffer()
  return performance.timeOrigin + performance.now()
}

/** From a delivery's acknowledgement to the frame that shows its card, in milliseconds. */
async function eventsPainted(page: Page, address: string, target: Target): Promise<number[]> {
  const hook = address + target.path
  await deliver(hook, 'Live', 0)
  await openCustomer(page, address, 'Live Person', 'Comment number 0 of them')
  const times: number[] = []
  for (let index = 1; index <= events; index++) {
    const painting = page.evaluate(`new Promise((resolve) => {
      const look = () => document.body.innerText.includes('Comment number ${index} of them')
        ? requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now())) : requestAnimationFrame(look)
      look()
    })`)
    const acknowledged = await deliver(hook, 'Live', index)
    times.push(Number(await painting) - acknowledged)
  }
  return times
}
