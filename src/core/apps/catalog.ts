import { access, readdir, readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'

import { z } from 'zod'

import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { attributeTypeOf } from '../../sdk/domain.ts'
import type { Integration } from '../../sdk/index.ts'

/** What an app says of itself, whoever made it. What comes in at its addresses is handled by integrations alone. */
export type Described = Omit<Integration<unknown>, 'category' | 'simulator'> & {
  category: 'reviews' | 'surveys' | 'channels' | 'other'
  simulator?: Integration<unknown>['simulator']
}

/** An app as the directory shows it. `settings` stays opaque: only its own schema and handlers know it. */
export interface App<I extends Described = Described> {
  readonly integration: I
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
      /** Picked from a list that the provider has. */
      choices?: boolean
      maxLength?: number
    }
  >
  required: string[]
}

/** The integrations of this desk: every organisation has them. */
export interface Catalog {
  list: () => App<Integration<unknown>>[]
  find: (id: string) => App<Integration<unknown>> | undefined
}

/** The apps that others publish to one organisation, and what an installation of one brings and takes away. */
export interface PublishedApps {
  list: (reader: Reader) => Promise<App[]>
  find: (reader: Reader, id: string) => Promise<App | undefined>
  installed: (tx: Tx, installation: { id: Id; app: string }, by: Actor) => Promise<void>
  switched: (tx: Tx, installation: { id: Id; app: string }, on: boolean, by: Actor) => Promise<void>
  removed: (tx: Tx, installation: { id: Id; app: string }) => Promise<void>
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

export function createCatalog(apps: App<Integration<unknown>>[]): Catalog {
  return { list: () => apps, find: (id) => apps.find((app) => app.integration.id === id) }
}

async function loadApp(folder: string, name: string): Promise<{ app?: App<Integration<unknown>>; problems: string[] }> {
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

export function describeApp<I extends Described>(integration: I, icon: string, readme: string): App<I> {
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
    ...(Object.keys({ ...integration.webhooks, ...integration.mails }).length > 0
      ? []
      : ['it has neither a webhook nor an address for mail']),
    ...Object.keys(integration.mails ?? {}).flatMap((name) =>
      name in integration.webhooks ? [`a webhook and an address for mail are both called ${name}`] : [],
    ),
    ...(Object.keys({ ...integration.klasses, ...integration.mails }).length > 0 ? [] : ['it has no klass']),
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
