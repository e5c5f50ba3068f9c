import { access, readdir, readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'

import { z } from 'zod'

import { attributeTypeOf } from '../../sdk/domain.ts'
import type { Integration } from '../../sdk/index.ts'

/** An integration as the directory shows it. `settings` stays opaque: only its own schema and handlers know it. */
export interface App {
  readonly integration: Integration<unknown>
  /** SVG text. */
  readonly icon: string
  /** Markdown. */
  readonly readme: string
  /** JSON schema of the settings: the form is drawn from it. */
  readonly settingsSchema: SettingsSchema
}

export interface SettingsSchema {
  properties: Record<
    string,
    {
      type?: string
      title?: string
      description?: string
      default?: unknown
      enum?: string[]
      secret?: boolean
      maxLength?: number
    }
  >
  required: string[]
}

export interface Catalog {
  list: () => App[]
  find: (id: string) => App | undefined
}

const idPattern = /^[a-z][a-z0-9-]*$/
const largestIconBytes = 8 * 1024

/** Loads every folder of `folder`. Anything half-wired stops the start with the list of all problems. */
export async function loadCatalog(folder: string): Promise<Catalog> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const loaded = await Promise.all(names.toSorted().map(async (name) => loadApp(folder, name)))
  const problems = loaded.flatMap((result) => result.problems)
  if (problems.length > 0) {
    throw new Error(`These integrations are not complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
  return createCatalog(loaded.flatMap((result) => (result.app === undefined ? [] : [result.app])))
}

export function createCatalog(apps: App[]): Catalog {
  return { list: () => apps, find: (id) => apps.find((app) => app.integration.id === id) }
}

async function loadApp(folder: string, name: string): Promise<{ app?: App; problems: string[] }> {
  const file = (path: string) => `${folder}/${name}/${path}`
  const missing = await absent([file('index.ts'), file('icon.svg'), file('README.md')])
  if (missing.length > 0) {
    return { problems: missing.map((path) => `${path} is missing`) }
  }
  const module = (await import(pathToFileURL(file('index.ts')).href)) as { default?: Integration<unknown> }
  if (module.default === undefined) {
    return { problems: [`${file('index.ts')} has no default export made by defineIntegration`] }
  }
  const app = describeApp(
    module.default,
    await readFile(file('icon.svg'), 'utf8'),
    await readFile(file('README.md'), 'utf8'),
  )
  return { app, problems: problemsOf(app, name).map((problem) => `integrations/${name}: ${problem}`) }
}

export function describeApp(integration: Integration<unknown>, icon: string, readme: string): App {
  const schema = z.toJSONSchema(integration.settings, { io: 'input', unrepresentable: 'any' })
  const settingsSchema = { properties: schema.properties ?? {}, required: schema.required ?? [] } as SettingsSchema
  return { integration, icon, readme, settingsSchema }
}

function problemsOf(app: App, folderName: string): string[] {
  const { integration, icon, settingsSchema } = app
  const badAttributes = Object.values(integration.klasses)
    .flatMap((klass) => Object.keys(klass.attributes))
    .concat(Object.keys(integration.customerAttributes ?? {}))
    .filter((attribute) => attributeTypeOf(attribute) === undefined)
  return [
    ...(integration.id === folderName ? [] : [`the id is "${integration.id}", but must be the folder's name`]),
    ...(idPattern.test(integration.id) ? [] : ['the id may hold small letters, digits and - only']),
    ...(Buffer.byteLength(icon) <= largestIconBytes ? [] : [`icon.svg is larger than ${largestIconBytes / 1024} kB`]),
    ...(Object.keys(integration.webhooks).length > 0 ? [] : ['it has no webhook']),
    ...(Object.keys(integration.klasses).length > 0 ? [] : ['it has no klass']),
    ...badAttributes.map((attribute) => `the attribute ${attribute} ends in no known type`),
    ...Object.entries(settingsSchema.properties).flatMap(([key, property]) =>
      property.title === undefined ? [`the setting ${key} has no title`] : [],
    ),
  ]
}

async function absent(paths: string[]): Promise<string[]> {
  const checks = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => undefined,
        () => path,
      ),
    ),
  )
  return checks.filter((path) => path !== undefined)
}
