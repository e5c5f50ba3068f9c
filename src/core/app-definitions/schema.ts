import { z } from 'zod'

import { Step, Trigger } from '../workflows/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const Role = z
  .string()
  .max(200)
  .regex(/^org(\.[A-Za-z0-9_*-]+)+$/, 'must look like org.user or org.permission.customer.read')
const secureUrl = z.url({ protocol: /^https?$/, error: 'must be an address' }).max(2048)

const Setting = z.looseObject({
  type: z.enum(['string', 'number', 'boolean', 'secret']),
  required: z.boolean().optional(),
  hidden: z.boolean().optional(),
  description: text(2000).optional(),
  displayName: text(255).optional(),
  defaultValue: z.unknown().optional(),
})

const Klass = z.looseObject({
  name: text(128).regex(/^[A-Za-z0-9_-]+$/, 'may hold letters, digits, _ and - only'),
  displayName: text(255).optional(),
  icon: text(64).optional(),
  color: text(32).optional(),
  metadata: z
    .looseObject({
      standard: z.boolean().optional(),
      properties: z.record(z.string(), z.looseObject({ displayName: text(255).optional() })).optional(),
    })
    .optional(),
})

const HeaderPair = z.strictObject({
  name: text(128).regex(/^[A-Za-z0-9-]+$/, 'may hold letters, digits and - only'),
  value: text(4096),
})

export const Command = z.looseObject({
  name: text(128).regex(/^[A-Za-z0-9_-]+$/, 'may hold letters, digits, _ and - only'),
  displayName: text(255).optional(),
  url: secureUrl,
  httpMethod: z.string().max(10).default('post'),
  defaultHeaders: z.record(z.string(), z.string()).optional(),
  defaultBody: z.unknown().optional(),
  permittedArgs: z.array(text(128)).optional(),
})
export type Command = z.infer<typeof Command>

const version = z.string().regex(/^\d+\.\d+\.\d+$/, 'must be three numbers with dots between: 1.0.0')

/**
 * An app's definition (facts 5.1). What this desk does not act on is kept as it came; what it does is named here. App
 * names are as the platform has them: no spaces and no dashes.
 */
export const Definition = z.looseObject({
  app: text(64).regex(/^[a-z][a-z0-9_]*$/, 'may hold small letters, digits and _ only'),
  version,
  title: text(255).min(1, 'must not be empty'),
  description: text(20_000).default(''),
  url: secureUrl.optional(),
  iconUrl: secureUrl.optional(),
  instructions: text(20_000).optional(),
  visibility: z.enum(['public', 'private']).default('private'),
  roles: z.array(Role).max(200).default([]),
  tags: z.array(text(64)).max(50).optional(),
  appDetails: z
    .looseObject({
      appDeveloper: z.looseObject({ name: text(255).optional(), website: text(2048).optional() }).optional(),
      externalPlatform: z.looseObject({ name: text(255).optional(), website: text(2048).optional() }).optional(),
    })
    .optional(),
  settings: z.record(z.string(), z.record(z.string(), Setting)).optional(),
  klasses: z.array(Klass).max(50).default([]),
  kviews: z
    .array(z.looseObject({ name: text(255), resource: text(160).optional(), context: text(64).optional() }))
    .max(50)
    .default([]),
  hooks: z
    .array(
      z.looseObject({
        eventName: text(255).regex(/^[A-Za-z0-9_.-]+$/, 'may hold letters, digits, _, . and - only'),
        displayEventName: text(255).optional(),
        description: text(2000).optional(),
        type: z.enum(['form', 'web']).default('form'),
      }),
    )
    .max(20)
    .default([]),
  commands: z.array(Command).max(100).default([]),
  outboundWebhooks: z
    .array(
      z.looseObject({
        name: text(255),
        url: secureUrl,
        events: z.array(text(255)).min(1).max(100),
        headers: z.array(HeaderPair).max(20).default([]),
      }),
    )
    .max(50)
    .default([]),
  /** Arrive with the installation; `id` is what others of the same definition call one by (facts 4.3). */
  workflows: z
    .array(
      z.looseObject({
        id: text(128).optional(),
        name: text(255).min(1, 'must not be empty'),
        description: text(5000).optional(),
        enabled: z.boolean().default(true),
        trigger: Trigger,
        steps: z.array(Step).max(200).default([]),
      }),
    )
    .max(50)
    .default([]),
  inboundHookUris: z.array(text(512)).max(50).default([]),
  i18n: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
})
export type Definition = z.infer<typeof Definition>

export const RegistrationInput = z.strictObject({
  name: Definition.shape.app.describe('What the app calls itself in its definition.'),
  url: secureUrl.nullish().describe('Where the app listens; a definition may name another.'),
})
export type RegistrationInput = z.infer<typeof RegistrationInput>

export const RegistrationAttributes = z.object({
  app: z.string(),
  name: z.string(),
  url: z.string().nullable(),
  clientId: z.string(),
  version: z.string().nullable().describe('The newest one published.'),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export const DefinitionAttributes = z.looseObject({ app: z.string(), version: z.string(), title: z.string() })

export const CommandRun = z.looseObject({
  args: z.record(z.string(), z.unknown()).nullish(),
  urlArgs: z.record(z.string(), z.unknown()).nullish(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).nullish(),
})
export type CommandRun = z.infer<typeof CommandRun>

export const CommandRunAttributes = z.object({
  commandId: z.string(),
  args: z.unknown(),
  url: z.string(),
  requestHeaders: z.record(z.string(), z.string()),
  requestBody: z.unknown(),
  responseBody: z.unknown(),
  statusCode: z.number().nullable(),
  requestError: z.string().nullable(),
})

export const LogInput = z.looseObject({
  level: z.enum(['info', 'warn', 'error']),
  code: text(64).optional(),
  app: text(64),
  name: text(255).optional(),
  message: text(10_000),
  body: z.unknown().optional(),
})
export type LogInput = z.infer<typeof LogInput>

export const LogAttributes = z.object({
  app: z.string(),
  level: z.string(),
  code: z.string().nullable(),
  name: z.string().nullable(),
  message: z.string(),
  body: z.unknown(),
  createdAt: z.string(),
})

export const ViewAttributes = z.looseObject({ name: z.string(), app: z.string() })
