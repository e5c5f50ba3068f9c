/**
 * Takes a picture of every page and of the gallery, light and dark, wide and narrow, into `screenshots/`, from a desk with
 * demo data. `npm run screenshots`; look at them.
 */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build, createServer } from 'vite'

import { newDesk } from '../e2e/server.ts'
import { settingsPages } from '../e2e/settings-pages.ts'

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url))
const configFile = fileURLToPath(new URL('../web/vite.config.ts', import.meta.url))
const looks = [
  { name: 'light-1440', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'dark-1440', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'light-390', width: 390, height: 844, colorScheme: 'light' },
] as const
const settleMs = 900

let session: Awaited<ReturnType<BrowserContext['storageState']>> | undefined
await mkdir(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
await gallery(browser)
await desk(browser)
await browser.close()

async function gallery(inside: Browser): Promise<void> {
  const server = await createServer({ configFile, server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' })
  await server.listen()
  const [address = ''] = server.resolvedUrls?.local ?? []
  for (const { name, ...look } of looks) {
    const page = await open(inside, look)
    await page.goto(`${address}gallery.html`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await shoot(page, `gallery-${name}`)
    await page.context().close()
  }
  await server.close()
}

async function desk(inside: Browser): Promise<void> {
  await build({ configFile, logLevel: 'error' })
  await using running = await newDesk()
  await running.start(['--demo'])
  const { stdout } = await running.command(
    'user',
    'create',
    '--name',
    'Ada Martin',
    '--email',
    'ada@example.com',
    '--role',
    'org.admin',
    '--role',
    'org.user',
    '--role',
    'org.hooks',
  )
  for (const { name, ...look } of looks) {
    const page = await open(inside, look)
    if (name === looks[0].name) {
      await page.goto(`${running.address}/sign-in`)
      await shoot(page, `sign-in-${name}`)
      await page.goto(/https?:\/\/\S+/.exec(stdout)?.[0].replace(/^https?:\/\/[^/]+/, running.address) ?? '')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Assigned to me' }).waitFor()
      session = await page.context().storageState()
    }
    for (const [picture, path] of await pages(page, running.address)) {
      await page.goto(running.address + path)
      await page.waitForTimeout(settleMs)
      await page.waitForFunction(`document.querySelector('[aria-busy="true"]') === null`)
      await shoot(page, `${picture}-${name}`)
    }
    await page.context().close()
  }
}

/** Every page, with what is opened on it; the first of each kind stands for all. */
async function pages(page: Page, address: string): Promise<[name: string, path: string][]> {
  const first = async (path: string, link: string) => {
    await page.goto(address + path)
    const row = page.locator(`a[href^="${link}"]`).first()
    await row.waitFor()
    return (await row.getAttribute('href')) ?? path
  }
  return [
    ['inbox', '/inbox/open'],
    ['conversation', await first('/inbox/open', '/inbox/open/')],
    ['customers', '/customers'],
    ['customer', await first('/customers', '/customers/')],
    ['reviews', '/reviews'],
    ['scores', '/scores'],
    ['unmatched', '/unmatched'],
    ['search', '/search?show=conversation'],
    ['apps', '/apps'],
    ['app', await first('/apps', '/apps/')],
    ['installation', await first('/apps', '/installations/')],
    ['deliveries', '/deliveries'],
    ['delivery', await first('/deliveries', '/deliveries/')],
    ['object', await first('/settings/objects', '/settings/objects/kobject')],
    ['workflow', await first('/settings/workflows', '/workflows/')],
    ...settingsPages.map((name): [string, string] => [`settings-${name}`, `/settings/${name}`]),
    ['not-found', '/nowhere'],
  ]
}

async function open(
  inside: Browser,
  look: { width: number; height: number; colorScheme: 'light' | 'dark' },
): Promise<Page> {
  const { width, height, colorScheme } = look
  const context = await inside.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
    ...(session === undefined ? {} : { storageState: session }),
  })
  return context.newPage()
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
}
