import { z } from 'zod'

import { attributeLabel, attributeTypeOf } from '../../sdk/domain.ts'
import type { BroughtWorkflow } from '../../sdk/index.ts'
import { describeApp } from '../apps/catalog.ts'
import type { App } from '../apps/catalog.ts'
import type { Definition } from './schema.ts'

/** Klasses that every organisation has; an app adds attributes to them (facts 2.1). */
const standardKlasses = new Set(['company', 'conversation', 'customer', 'message', 'user'])

const noIcon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#5b6cf9" stroke-width="2"><rect x="4" y="4" width="16" height="16" rx="4"/><path d="M9 12h6M12 9v6"/></svg>'

/** A published app as the directory shows its own integrations. */
export function describeDefinition(definition: Definition): App {
  const { appDeveloper, externalPlatform } = definition.appDetails ?? {}
  const own = definition.klasses.filter((klass) => !standardKlasses.has(klass.name))
  return describeApp(
    {
      id: definition.app,
      name: definition.title,
      version: definition.version,
      category: definition.tags?.includes('csat') === true ? 'surveys' : 'other',
      summary: definition.description.split('\n')[0]?.slice(0, 300) ?? '',
      developer: appDeveloper?.name ?? externalPlatform?.name ?? 'Unknown',
      website: appDeveloper?.website ?? externalPlatform?.website ?? definition.url ?? '',
      ...(definition.instructions === undefined ? {} : { notice: definition.instructions }),
      settings: settingsSchema(definition),
      klasses: Object.fromEntries(
        own.map((klass) => [
          klass.name,
          {
            title: klass.displayName ?? labelOf(klass.name),
            icon: klass.icon ?? 'star',
            color: klass.color ?? '#5b6cf9',
            attributes: attributesOf(klass),
          },
        ]),
      ),
      customerAttributes: attributesOf(definition.klasses.find((klass) => klass.name === 'customer')),
      webhooks: {},
      workflows: Object.fromEntries(
        definition.workflows.map(({ id, name, description = '', enabled: isOn, trigger, steps }) => [
          id ?? name,
          { name, description, isOn, trigger, steps } as BroughtWorkflow,
        ]),
      ),
    },
    definition.iconUrl?.startsWith('https://') === true ? definition.iconUrl : noIcon,
    definition.description,
  )
}

/** Attributes that an app adds to standard klasses other than customers. */
export function standardAttributes(definition: Definition): { resource: string; labels: Record<string, string> }[] {
  return definition.klasses
    .filter((klass) => standardKlasses.has(klass.name) && klass.name !== 'customer')
    .map((klass) => ({ resource: klass.name, labels: attributesOf(klass) }))
}

function attributesOf(klass: Definition['klasses'][number] | undefined): Record<string, string> {
  const properties = Object.entries(klass?.metadata?.properties ?? {})
  return Object.fromEntries(
    properties
      .filter(([name]) => attributeTypeOf(name) !== undefined)
      .map(([name, property]) => [name, property.displayName ?? attributeLabel(name)]),
  )
}

function labelOf(name: string): string {
  const words = (name.split('--').at(-1) ?? name).split(/[-_]/)
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}

const types = {
  string: z.string().max(4096),
  number: z.number(),
  boolean: z.boolean(),
  secret: z.string().max(4096),
}

/** One flat form of all settings: `default.apiKey`, with the labels of the definition's own language file. */
function settingsSchema(definition: Definition) {
  const labels = definition.i18n?.['en_us'] ?? {}
  const fields = Object.entries(definition.settings ?? {}).flatMap(([category, settings]) =>
    Object.entries(settings).map(([name, setting]) => {
      const label = labels[`${definition.app}.settings.path.${category}.${name}.displayName`]
      const title = setting.displayName ?? (typeof label === 'string' ? label : labelOf(name))
      const field = types[setting.type].meta({
        title,
        description: setting.description ?? '',
        ...(setting.type === 'secret' ? { secret: true } : {}),
        ...(setting.defaultValue === undefined ? {} : { default: setting.defaultValue }),
      })
      return [`${category}.${name}`, setting.required === true ? field : field.optional()] as const
    }),
  )
  return z.object(Object.fromEntries(fields))
}
