import axe from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

import type { DeskProcess } from './server.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const patienceMs = 10_000

/** Debian's Chromium; `scripts/debian.mjs` installs it. */
export function openBrowser(more: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium', args: [...flags, ...more] })
}

/** For whoever has set their browser's letters to twice the size: text grows, and nothing else. */
export const doubledText = '--blink-settings=defaultFontSize=32,defaultFixedFontSize=26'

/** A page that fails the test when it throws, or logs an error that is not the answer of a request. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  page.on('pageerror', (error) => {
    throw error
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      throw new Error(`the page logged: ${message.text()}`)
    }
  })
  return page
}

/** Creates somebody with these roles and signs them in by their one-time link. */
export async function signIn(
  page: Page,
  desk: DeskProcess,
  { name, email, roles }: { name: string; email: string; roles: string[] },
): Promise<void> {
  const given = roles.flatMap((role) => ['--role', role])
  const { stdout } = await desk.command('user', 'create', '--name', name, '--email', email, ...given)
  await page.goto(/https?:\/\/\S+/.exec(stdout)?.[0].replace(/^https?:\/\/[^/]+/, desk.address) ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Assigned to me' }).waitFor()
}

const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * Checks what is on screen against WCAG 2.2 A and AA, once it has come to rest: while colours change, some have changed already.
 * Not what stands in frames: mails are as their senders made them, and no script runs there.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  await expect.poll(() => violationsOn(page), { timeout: 5_000 }).toEqual([])
}

async function violationsOn(page: Page) {
  const { violations } = await page.evaluate<axe.AxeResults>(
    `axe.run(document, ${JSON.stringify({ iframes: false, runOnly: levels })})`,
  )
  return violations.map(({ id, nodes }) => ({
    id,
    where: nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  }))
}

/** Moves the focus by Tab alone until it is on the element with this name, and fails when it never gets there. */
export async function tabTo(
  page: Page,
  role: 'button' | 'link' | 'textbox' | 'combobox',
  name: string | RegExp,
  within: Page | Locator = page,
): Promise<void> {
  const target = within.getByRole(role, { name }).first()
  await target.waitFor()
  const mostStops = 80
  for (let stop = 0; stop < mostStops; stop++) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) {
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reached the ${role} ${String(name)}`)
}

/** Moves through an open menu by the arrow alone until the item with this text has the focus, and fails when it never gets there. */
export async function arrowTo(page: Page, item: string): Promise<void> {
  const target = page.getByRole('menuitem', { name: item })
  await target.waitFor()
  const mostSteps = 20
  for (let step = 0; step < mostSteps; step++) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) {
      return
    }
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`the arrow never reached ${item}`)
}

/** Checks that nothing on the page is wider than the window: nobody has to scroll two ways. Tables may scroll by themselves. */
export async function expectNoSideways(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
}
