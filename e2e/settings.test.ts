import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import {
  arrowTo,
  doubledText,
  expectAccessible,
  expectNoSideways,
  openBrowser,
  openPage,
  tabTo,
  signIn,
} from './browser.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'
import { settingsPages } from './settings-pages.ts'

let desk: DeskProcess
let browser: Browser
let page: Page
let api: Client

// One admin's story, told in order.
beforeAll(async () => {
  desk = await newDesk()
  await desk.start()
  const roles = ['org.admin', 'org.user', 'org.hooks']
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey(...roles) })
  browser = await openBrowser()
  page = await openPage(browser)
  await signIn(page, desk, { name: 'Ada Martin', email: 'ada@example.com', roles })
})
afterAll(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await page.screenshot({ path: new URL('settings-failure.png', import.meta.url).pathname })
  }
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.emulateMedia({ colorScheme: 'light' })
})

const dialog = () => page.getByRole('dialog')
const heading = (name: string) => page.getByRole('heading', { name, level: 1, exact: true })
/** A dialog gives the focus to its first field once it is there; letters before that are lost. */
async function fieldHasFocus(): Promise<void> {
  await expect.poll(() => page.evaluate('document.activeElement?.matches("[role=dialog] input")')).toBe(true)
}
const statusWith = async (token: string) =>
  (await fetch(`${desk.address}/v1/users/current`, { headers: { authorization: `Bearer ${token}` } })).status

async function openSettings(label: string): Promise<void> {
  await page.goto(`${desk.address}/settings`)
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: label, exact: true }).click()
  await heading(label).waitFor()
}

async function newKey(name: string, network: string | undefined): Promise<string> {
  await page.getByRole('button', { name: 'New key' }).click()
  await dialog().getByLabel('Name').fill(name)
  await dialog().getByRole('combobox', { name: 'Expires' }).click()
  await page.getByRole('option', { name: 'In a day' }).click()
  if (network !== undefined) {
    await dialog().getByLabel('Only from these networks').fill(network)
    await page.keyboard.press('Enter')
  }
  await dialog().getByRole('button', { name: 'Make the key' }).click()
  await page.getByRole('dialog', { name: `The key “${name}”` }).waitFor()
  await expectAccessible(page)
  const token = await dialog().getByLabel('Token').inputValue()
  await dialog().getByRole('banner').getByRole('button').click()
  await dialog().waitFor({ state: 'hidden' })
  return token
}

test('an API key works from its networks until it expires, and is shown once', async () => {
  await openSettings('API keys')
  const here = await newKey('Warehouse', '127.0.0.0/8')
  expect(await statusWith(here)).toBe(200)
  const elsewhere = await newKey('Far away', '203.0.113.0/24')
  expect([401, 403]).toContain(await statusWith(elsewhere))

  await page.getByText('Warehouse').waitFor()
  expect(await page.content()).not.toContain(here)
  await expectAccessible(page)
  await desk.sql(`update api_keys set expires_at = now() - interval '1 second' where name = 'Warehouse'`, [])
  expect(await statusWith(here)).toBe(401)
  await page.reload()
  await page
    .getByRole('row', { name: /Warehouse/ })
    .getByText('Expired')
    .waitFor()
})

test('bad input stands at its field, and nothing that was typed is lost', async () => {
  await page.getByRole('button', { name: 'New key' }).click()
  await dialog().getByLabel('Name').fill('Wrong')
  await dialog().getByLabel('Only from these networks').fill('not-a-network')
  await page.keyboard.press('Enter')
  await dialog().getByRole('button', { name: 'Make the key' }).click()
  await dialog()
    .getByText(/CIDR|network/)
    .last()
    .waitFor()
  expect(await dialog().getByLabel('Name').inputValue()).toBe('Wrong')
  await expectAccessible(page)
  await dialog().getByRole('button', { name: 'Cancel' }).click()
})

test('by keyboard alone: a key is made and revoked', async () => {
  await page.goto(`${desk.address}/settings/api-keys`)
  await tabTo(page, 'button', 'New key')
  await page.keyboard.press('Enter')
  await fieldHasFocus()
  await page.keyboard.type('By hand')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'The key “By hand”' }).waitFor()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'hidden' })
  await tabTo(page, 'button', 'Revoke By hand')
  await page.keyboard.press('Enter')
  await tabTo(page, 'button', 'Revoke key')
  await page.keyboard.press('Enter')
  await page.getByRole('row', { name: /By hand/ }).waitFor({ state: 'hidden' })
})

const attributes = [
  { label: 'Serial number', type: 'Text', name: 'serialNumberStr' },
  { label: 'What is broken', type: 'Long text', name: 'whatIsBrokenTxt' },
  { label: 'Price', type: 'Number', name: 'priceNum' },
  { label: 'Ready', type: 'Date and time', name: 'readyAt' },
  { label: 'Under warranty', type: 'Yes or no', name: 'underWarrantyBool' },
  { label: 'Photo', type: 'Link', name: 'photoUrl' },
  { label: 'Cause', type: 'Choice in levels', name: 'causeTree' },
  { label: 'Order', type: 'Id of another record', name: 'orderId' },
]

test('an object is made with an attribute of each type', async () => {
  await openSettings('Custom objects')
  await page.getByRole('button', { name: 'New object' }).click()
  await dialog().getByLabel('What people call it').fill('Repair')
  expect(await dialog().getByLabel('Name for programs').inputValue()).toBe('repair')
  await dialog().getByRole('button', { name: 'Save' }).click()
  await heading('Repair').waitFor()
  for (const { label, type } of attributes) {
    await page.getByRole('button', { name: 'New attribute' }).click()
    await dialog().getByLabel('What people call it').fill(label)
    await dialog().getByRole('combobox', { name: 'Type' }).click()
    await page.getByRole('option', { name: type, exact: true }).click()
    if (type === 'Choice in levels') {
      await dialog().getByLabel('Values to choose from').fill('transport.crushed')
      await page.keyboard.press('Enter')
      await dialog().getByLabel('Values to choose from').fill('wear')
      await page.keyboard.press('Enter')
    }
    await dialog().getByRole('button', { name: 'Save' }).click()
    await dialog().waitFor({ state: 'hidden' })
  }
  for (const { name } of attributes) {
    await page.getByText(name, { exact: true }).waitFor()
  }
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Move Order up' }).click()
  const lastRow = page.getByRole('row').last()
  await lastRow.getByText('causeTree').waitFor()
  await page.getByRole('button', { name: 'Delete Price' }).click()
  await page.getByText('priceNum', { exact: true }).waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('priceNum', { exact: true }).waitFor()
})

test('one is filled in on a customer’s timeline, changed, and found by what was written', async () => {
  const { data: customer } = await api.call('POST /v1/customers', { body: { name: 'Tess Tent' } })
  await page.goto(`${desk.address}/customers/${customer.id}`)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Repair' }).click()
  await dialog().getByLabel('Title').fill('Tent pole')
  await dialog().getByLabel('Serial number').fill('T-900')
  await dialog().getByLabel('What is broken').fill('The pole.\nIt is bent.')
  await dialog().getByLabel('Price').fill('12.5')
  await dialog().getByRole('combobox', { name: 'Under warranty' }).click()
  await page.getByRole('option', { name: 'Yes' }).click()
  await dialog().getByLabel('Photo').fill('not a link')
  await dialog().getByRole('combobox', { name: 'Cause' }).click()
  await page.getByRole('option', { name: 'wear' }).click()
  await dialog().getByLabel('Order').fill(customer.id)
  await dialog().getByRole('button', { name: 'Save' }).click()
  await dialog().getByText('photoUrl must be a URL').waitFor()
  await expectAccessible(page)
  await dialog().getByLabel('Photo').fill('https://example.com/pole.jpg')
  await dialog().getByRole('button', { name: 'Save' }).click()

  const card = page.getByRole('article', { name: 'Tent pole' })
  await card.getByRole('button', { name: 'Show details of Tent pole' }).click()
  for (const text of ['T-900', '12.5', 'Yes', 'https://example.com/pole.jpg', 'wear']) {
    await card.getByText(text, { exact: true }).waitFor()
  }
  await expectAccessible(page)
  await card.getByRole('button', { name: 'What to do with Tent pole' }).click()
  await page.getByRole('menuitem', { name: 'Edit…' }).click()
  await dialog().getByLabel('Price').fill('15')
  await dialog().getByRole('button', { name: 'Save' }).click()
  await card.getByText('15', { exact: true }).waitFor()

  await page.goto(`${desk.address}/search?show=kobject_repair`)
  await page.getByRole('button', { name: 'Add filter' }).click()
  await page.getByPlaceholder('Which attribute?').fill('price')
  await page.getByRole('option', { name: 'Price' }).click()
  await dialog().getByLabel('Value').fill('14')
  await dialog().getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('button', { name: 'Change the filter: Price is at least 14' }).waitFor()
  await page.getByRole('link', { name: 'Tent pole' }).waitFor()
  await expectAccessible(page)
})

test('a profile is changed where it stands, and the change is taken back', async () => {
  await page.getByRole('link', { name: 'Tent pole' }).click()
  await page.getByRole('button', { name: 'Edit E-mail' }).click()
  await page.getByRole('textbox', { name: 'E-mail address 1' }).fill('tess@example.com')
  await page.getByRole('button', { name: 'Another one' }).click()
  await page.getByRole('textbox', { name: 'E-mail address 2' }).fill('tess@home.example')
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'tess@home.example' }).waitFor()
  await page.getByRole('button', { name: 'Edit Phone' }).click()
  await page.getByRole('textbox', { name: 'Phone number 1' }).fill('+43 1 5321234')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: /\+43 1 5321234/ }).waitFor()
  await page.getByRole('button', { name: 'Edit Company' }).click()
  await page.getByRole('combobox', { name: 'Company' }).fill('Northwind')
  await page.getByRole('option', { name: 'Make the company “Northwind”' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Northwind', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Edit Name' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Tessa Tent')
  await page.keyboard.press('Enter')
  await heading('Tessa Tent').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await heading('Tess Tent').waitFor()
})

test('two customers become one after a look at what will come of it, and two again', async () => {
  await api.call('POST /v1/customers', { body: { name: 'T. Tent', emails: [{ email: 'tt@work.example' }] } })
  await page.getByRole('button', { name: 'Merge' }).click()
  await page.getByRole('textbox', { name: 'Find the customer' }).fill('tt@work')
  await dialog()
    .getByRole('button', { name: /T\. Tent/ })
    .click()
  await dialog().getByText('After the merge').waitFor()
  expect(await dialog().getByText('tt@work.example').count()).toBe(2)
  await expectAccessible(page)
  await dialog().getByRole('button', { name: 'Merge', exact: true }).click()
  await page.getByRole('link', { name: 'tt@work.example' }).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('link', { name: 'tt@work.example' }).waitFor({ state: 'hidden' })
  const { data } = await api.call('GET /v1/customers/email={value}', { params: { value: 'tt@work.example' } })
  expect(data.attributes.name).toBe('T. Tent')
})

test('by keyboard alone: an object with an attribute is made and filled in, and two customers are merged and parted', async () => {
  await page.goto(`${desk.address}/settings/objects`)
  await tabTo(page, 'button', 'New object')
  await page.keyboard.press('Enter')
  await fieldHasFocus()
  await page.keyboard.type('Order')
  await page.keyboard.press('Enter')
  await heading('Order').waitFor()
  await tabTo(page, 'button', 'New attribute')
  await page.keyboard.press('Enter')
  await fieldHasFocus()
  await page.keyboard.type('Number of parcels')
  await tabTo(page, 'combobox', 'Type')
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Number', exact: true }).waitFor()
  const marked = page.locator('[role=option][data-combobox-selected]')
  await expect
    .poll(async () => {
      await page.keyboard.press('ArrowDown')
      return marked.textContent()
    })
    .toBe('Number')
  await page.keyboard.press('Enter')
  await tabTo(page, 'button', 'Save')
  await page.keyboard.press('Enter')
  await page.getByText('numberOfParcelsNum', { exact: true }).waitFor()

  const { data: customer } = await api.call('POST /v1/customers', { body: { name: 'Kay Board' } })
  await api.call('POST /v1/customers', { body: { name: 'K. Board', emails: [{ email: 'kb@work.example' }] } })
  await page.goto(`${desk.address}/customers/${customer.id}`)
  await tabTo(page, 'button', 'Add')
  await page.keyboard.press('Enter')
  await arrowTo(page, 'Order')
  await page.keyboard.press('Enter')
  await fieldHasFocus()
  await page.keyboard.type('Order 7')
  await tabTo(page, 'textbox', 'Number of parcels')
  await page.keyboard.type('3')
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: 'Order 7' }).waitFor()

  await tabTo(page, 'button', 'Merge')
  await page.keyboard.press('Enter')
  await fieldHasFocus()
  await page.keyboard.type('kb@work')
  await tabTo(page, 'button', /K\. Board/, dialog())
  await page.keyboard.press('Enter')
  await dialog().getByText('After the merge').waitFor()
  await tabTo(page, 'button', 'Merge', dialog())
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'kb@work.example' }).waitFor()
  await tabTo(page, 'button', 'Undo')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'kb@work.example' }).waitFor({ state: 'hidden' })
})

test('a search is saved, counted before it is opened, changed, and written to a file', async () => {
  for (let index = 0; index < 60; index++) {
    await api.call('POST /v1/customers', { body: { name: `Buyer ${index}`, tags: ['vip'] } })
  }
  await page.goto(`${desk.address}/search`)
  await page.getByLabel('Words').fill('buyer')
  await page.getByText('60 customers').waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog().getByLabel('Name').fill('All buyers')
  await dialog().getByRole('button', { name: 'Save' }).click()
  await heading('All buyers').waitFor()
  await page.getByRole('button', { name: 'Saved searches' }).click()
  await page.getByRole('menuitem', { name: /All buyers\s*60/ }).waitFor()
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: /^Name/ }).click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('button', { name: 'Save changes' }).waitFor({ state: 'hidden' })
  const arriving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  const download = await arriving
  expect(download.suggestedFilename()).toBe('All buyers.csv')
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) {
    chunks.push(chunk as Buffer)
  }
  const lines = Buffer.concat(chunks).toString('utf8').trim().split('\r\n')
  expect(lines).toHaveLength(61)
  expect(lines[0]).toContain('"Name"')
  expect(lines[1]).toContain('"vip"')
})

test('what another program’s search asks is kept, though no filter can show it', async () => {
  const { data } = await api.call('POST /v1/customers/searches', {
    body: {
      name: 'Made elsewhere',
      shared: true,
      query: { queryContext: 'customer', and: [], not: [{ customer_name: { contains: 'buyer' } }] },
    },
  })
  await page.goto(`${desk.address}/search/${data.id}`)
  await page.getByText('and what was asked elsewhere').waitFor()
  await page.getByText('4 customers').waitFor()
})

test.each(settingsPages)(
  'the settings page %s passes the checks, in the light, in the dark and at 320 pixels',
  async (name) => {
    await page.goto(`${desk.address}/settings/${name}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    await expectAccessible(page)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('[data-mantine-color-scheme=dark]').waitFor()
    await expectAccessible(page)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.locator('[data-mantine-color-scheme=light]').waitFor()
    await page.setViewportSize({ width: 320, height: 700 })
    await expectNoSideways(page)
    await expectAccessible(page)
    await page.setViewportSize({ width: 1280, height: 860 })
  },
)

test(
  'with letters of twice the size every page can be read without scrolling sideways',
  { timeout: 60_000 },
  async () => {
    const large = await openBrowser([doubledText])
    const reader = await openPage(large)
    await reader.context().addCookies(await page.context().cookies())
    const { data } = await api.call('GET /v1/customers')
    const customer = data[0]?.id ?? ''
    const conversation = await api.call('POST /v1/conversations', { body: { customer, name: 'Where is my order?' } })
    const params = { id: conversation.data.id }
    await api.call('POST /v1/conversations/{id}/notes', { params, body: { body: 'She called and was calm.' } })
    const paths = [
      'inbox/open',
      `inbox/open/${params.id}`,
      'customers',
      `customers/${customer}`,
      'reviews',
      'scores',
      'unmatched',
      'search',
      'apps',
    ]
    for (const path of [...paths, 'deliveries', ...settingsPages.map((name) => `settings/${name}`)]) {
      await reader.goto(`${desk.address}/${path}`)
      await reader.getByRole('heading').first().waitFor()
      await reader.waitForLoadState('networkidle').catch(() => undefined)
      expect(await reader.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe('32px')
      await expectNoSideways(reader)
      await expectAccessible(reader)
    }
    await large.close()
  },
)

test('people are invited, a team is made of them, and who leaves can come back', async () => {
  await openSettings('Users')
  await page.getByRole('button', { name: 'Invite' }).click()
  await dialog().getByLabel('Name').fill('Ben Okafor')
  await dialog().getByLabel('E-mail address').fill('ben@example.com')
  await dialog().getByRole('button', { name: 'Make the sign-in link' }).click()
  const link = await page
    .getByRole('dialog', { name: /Sign-in link for/ })
    .getByLabel('Sign-in link')
    .inputValue()
  await expectAccessible(page)
  const ben = await openPage(browser)
  await ben.goto(link.replace(/^https?:\/\/[^/]+/, desk.address))
  await ben.getByRole('button', { name: 'Sign in' }).click()
  await ben.getByRole('heading', { name: 'Assigned to me' }).waitFor()
  await ben.goto(`${desk.address}/settings/profile`)
  await ben.getByLabel(/^New password/).fill('ten letters and more')
  await ben.getByRole('button', { name: 'Set password' }).click()
  await ben.getByText('Your password is set.').waitFor()
  await ben.context().close()

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Remove Ben Okafor' }).click()
  await page.getByRole('row', { name: /Ben Okafor/ }).waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('row', { name: /Ben Okafor/ }).waitFor()

  await openSettings('Teams')
  await page.getByRole('button', { name: 'New team' }).click()
  await dialog().getByLabel('Name').fill('Returns')
  await dialog().getByRole('combobox', { name: 'Members' }).click()
  await page.getByRole('option', { name: 'Ben Okafor' }).click()
  await page.keyboard.press('Escape')
  await dialog().getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /Returns.*Ben Okafor/ }).waitFor()
})

test('a hook is made, its address copied, and what is posted there is listed', async () => {
  await openSettings('Inbound hooks')
  await page.getByRole('button', { name: 'New hook' }).click()
  await dialog().getByLabel('Title').fill('From the shop')
  await dialog().getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Copy Hook Address' }).click()
  const address = String(await page.evaluate('navigator.clipboard.readText()'))
  const reply = await fetch(address.replace(/^https?:\/\/[^/]+/, desk.address), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"order":1}',
  })
  expect(reply.status).toBeLessThan(300)
  await page.getByRole('button', { name: 'What came to From the shop' }).click()
  await page.getByRole('dialog').getByText('11 bytes').waitFor()
  await expectAccessible(page)
})
