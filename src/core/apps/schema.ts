import { z } from 'zod'

export const HookAddress = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  type: z.enum(['form', 'web', 'email']),
  url: z.string(),
  previousUntil: z.string().nullable().describe('Until when the address that it had before goes on.'),
})

export const InstallationStatus = z.enum(['active', 'needs_reconnect', 'disabled'])

export const InstallationAttributes = z.object({
  app: z.string(),
  name: z.string(),
  version: z.string(),
  title: z.string(),
  status: InstallationStatus,
  statusReason: z.string().nullable(),
  warning: z.string().nullable().describe('What is odd about its settings, which are allowed.'),
  hasHistory: z.boolean().describe('Whether its provider gives what it has of the past.'),
  asks: z.boolean().describe('Whether it asks customers after a conversation is closed.'),
  connects: z.boolean().describe('Whether it is connected to its provider by signing in there.'),
  settings: z.record(z.string(), z.unknown()).describe('Secrets show as a placeholder.'),
  hooks: z.array(HookAddress),
  health: z.object({
    lastDeliveryAt: z.string().nullable(),
    day: z.object({ received: z.number(), failed: z.number(), duplicates: z.number() }).describe('The last 24 hours.'),
  }),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export const AppAttributes = z.object({
  app: z.string(),
  title: z.string(),
  version: z.string(),
  category: z.enum(['reviews', 'surveys', 'channels', 'other']),
  description: z.string(),
  developer: z.string(),
  website: z.string(),
  notice: z.string().nullable(),
  icon: z.string().describe('An SVG as a data address, or the address of a picture.'),
  readme: z.string().describe('Markdown.'),
  settings: z
    .object({ properties: z.record(z.string(), z.looseObject({})), required: z.array(z.string()) })
    .describe('JSON schema of the settings.'),
  writes: z.object({
    klasses: z.array(z.object({ name: z.string(), title: z.string(), attributes: z.record(z.string(), z.string()) })),
    customerAttributes: z.record(z.string(), z.string()),
  }),
  installed: z.number().describe('How many times your organisation has it.'),
})

const name = z.string().trim().min(1, 'must not be empty').max(100)
const settings = z.record(z.string(), z.unknown())

export const InstallInput = z.strictObject({
  app: z.string().max(64),
  /** Which store, brand or project; needed to tell several installations of one app apart. */
  name: name.optional(),
  settings: settings.default({}),
})
export type InstallInput = z.infer<typeof InstallInput>

export const InstallationUpdate = z.strictObject({
  name: name.optional(),
  /** Merged over the settings there are; null clears one, a secret's placeholder leaves it. */
  settings: settings.optional(),
  status: z.enum(['active', 'disabled']).optional(),
})
export type InstallationUpdate = z.infer<typeof InstallationUpdate>

export const HookInput = z.strictObject({
  title: z.string().trim().min(1, 'must not be empty').max(255),
  description: z.string().max(2000).default(''),
})
export type HookInput = z.infer<typeof HookInput>

export const HookUpdate = HookInput.partial().extend({ debug: z.boolean().optional() })
export type HookUpdate = z.infer<typeof HookUpdate>

export const HookRotation = z.strictObject({
  hook: z.string().max(24).describe('The id of a hook of any kind.'),
  overlapDays: z
    .number()
    .int()
    .min(0, 'must be 0 to 90')
    .max(90, 'must be 0 to 90')
    .default(7)
    .describe('How long the old address takes what comes; 0: not any more.'),
})

export const HookAttributes = z.object({
  title: z.string(),
  description: z.string(),
  eventName: z.string(),
  hash: z.string(),
  url: z.string(),
  previousUntil: z
    .string()
    .nullable()
    .describe('Until when the address that it had before goes on; null: it had none.'),
  debug: z.boolean(),
  app: z.string().nullable(),
  version: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
})
