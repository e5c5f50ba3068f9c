/** What every integration promises, checked for every folder there is. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { describe, expect, test } from 'vitest'

import { loadCatalog } from './core/apps/catalog.ts'
import type { Effect, Integration, SimulatedRequest } from './sdk/index.ts'
import { complaintsAbout, effectsOf, fixturesOf, rawRequest, refusalOf } from './sdk/testing.ts'
import { mailEffectsOf } from './testing/raw-mail.ts'

const root = resolve(import.meta.dirname, '../integrations')
const catalog = await loadCatalog(root)
const folders = readdirSync(root)

test('every folder is an integration', () => {
  expect(catalog.list().map((app) => app.integration.id)).toEqual(folders.toSorted())
})

describe.each(catalog.list().map((app) => [app.integration.id, app] as const))('%s', (id, app) => {
  const { integration } = app
  const folder = join(root, id)
  const fixtures = fixturesOf(folder)
  const settings = integration.settings.parse({})
  const people = [
    { name: 'Ana', email: 'ana@example.com' },
    { name: 'Ben', email: 'ben@example.com' },
  ]

  test('its folder holds what a folder holds', () => {
    for (const name of [
      'index.ts',
      'schema.ts',
      'simulator.ts',
      'README.md',
      'icon.svg',
      'fixtures',
      `${id}.test.ts`,
    ]) {
      expect(statSync(join(folder, name)).size, name).toBeGreaterThan(0)
    }
  })

  test('its README says what it does, how to connect, how to remove and where its limits are', () => {
    const headings = [...app.readme.matchAll(/^## (.+)$/gm)].map((match) => match[1])
    expect(headings).toEqual(['What it does', 'Connect', 'Remove', 'Limits'])
  })

  test('its icon is a small picture without script', () => {
    expect(app.icon).toMatch(/^<svg [^>]*viewBox/)
    expect(app.icon).not.toMatch(/<script|onload|href/i)
  })

  test('every webhook has a fixture, and every fixture a webhook', () => {
    expect([...new Set(fixtures.map((fixture) => fixture.webhook))].toSorted()).toEqual(
      Object.keys(integration.webhooks).toSorted(),
    )
  })

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s gives effects that fit the klasses, the same each time',
    async (_, { webhook, body }) => {
      const first = await effectsOf(integration, webhook, JSON.parse(body), settings)
      const second = await effectsOf(integration, webhook, JSON.parse(body), settings)
      expect(first.length).toBeGreaterThan(0)
      expect(second).toEqual(first)
      expect(first.flatMap((effect) => complaintsAbout(integration, effect))).toEqual([])
    },
  )

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s with unknown fields gives the same effects',
    async (_, { webhook, body }) => {
      const plain: unknown = JSON.parse(body)
      const extended: unknown = JSON.parse(body, (_key, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? { ...value, somethingNew: { a: [1] } }
          : value,
      )
      const strip = (effects: unknown) =>
        JSON.parse(JSON.stringify(effects), (_key, value: unknown) => value) as { data?: unknown }[]
      const withoutData = (effects: { data?: unknown }[]) => effects.map(({ data: _data, ...effect }) => effect)
      expect(withoutData(strip(await effectsOf(integration, webhook, extended, settings)))).toEqual(
        withoutData(strip(await effectsOf(integration, webhook, plain, settings))),
      )
    },
  )

  test.each(Object.keys(integration.webhooks))(
    '%s refuses what it cannot use with a readable reason',
    async (webhook) => {
      for (const body of [{}, [], null, 'text', 42]) {
        expect(await refusalOf(integration, webhook, body), JSON.stringify(body)).toMatch(/[a-z]{3,} [a-z]/i)
      }
    },
  )

  test('settings that sound secret are marked secret', () => {
    const open = Object.entries(app.settingsSchema.properties).filter(
      ([key, property]) => /key$|secret|token|password/i.test(key) && property.secret !== true,
    )
    expect(open.map(([key]) => key)).toEqual([])
  })

  test('its own test request passes its own check, with and without secrets', async () => {
    const secrets = Object.fromEntries(
      Object.entries(app.settingsSchema.properties).flatMap(([key, property]) =>
        property.secret === true ? [[key, 'a-secret-value']] : [],
      ),
    )
    for (const given of [settings, integration.settings.parse(secrets)]) {
      const request = integration.simulator.test(given, new Date('2026-05-06T07:08:09Z'))
      const webhook = integration.webhooks[request.webhook]
      const verdict = await webhook?.verify?.(rawRequest(request), given, () => Promise.resolve(false))
      expect(verdict).not.toBe('refused')
      expect(await simulatedEffects(integration, request, given)).not.toEqual([])
    }
  })

  test('with a secret set, a request without it is refused, where its deliveries carry one', async ({ skip }) => {
    const secrets = Object.fromEntries(
      Object.entries(app.settingsSchema.properties).flatMap(([key, property]) =>
        property.secret === true ? [[key, 'a-secret-value']] : [],
      ),
    )
    const request = integration.simulator.test(settings, new Date())
    const verify = integration.webhooks[request.webhook]?.verify
    if (verify === undefined) {
      skip('its deliveries carry no secret')
      return
    }
    const verdict = await verify(rawRequest(request), integration.settings.parse(secrets), () => Promise.resolve(false))
    expect(verdict).toBe('refused')
  })

  test('its simulator sends the same traffic for the same seed, all of which can be used', async () => {
    const options = { seed: 1, people, until: new Date('2026-05-06T00:00:00Z'), perPerson: 3 }
    const traffic = integration.simulator.history(settings, options)
    expect(traffic.length).toBeGreaterThanOrEqual(people.length * 3)
    expect(integration.simulator.history(settings, options)).toEqual(traffic)
    for (const request of traffic) {
      const effects = await simulatedEffects(integration, request, settings)
      expect(effects.flatMap((effect) => complaintsAbout(integration, effect))).toEqual([])
    }
  })

  test('no fixture holds what looks like a credential', () => {
    for (const { name } of fixtures) {
      expect(readFileSync(join(folder, 'fixtures', name), 'utf8')).not.toMatch(/pubkey-|"key-|bearer /i)
    }
  })
})

/** What a simulated request asks for, be it a webhook's or a mail. */
function simulatedEffects<S>(integration: Integration<S>, request: SimulatedRequest, settings: S): Promise<Effect[]> {
  const { webhook, body, headers } = request
  return integration.mails?.[webhook] === undefined
    ? effectsOf(integration, webhook, JSON.parse(body), settings, headers)
    : mailEffectsOf(integration, webhook, body, settings)
}
