import { z } from 'zod'

import { Custom } from '../metadata/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time that exists' })

export const mostTags = 100
export const longestTag = 255

export const CustomerEmail = z.strictObject({
  type: z.enum(['home', 'work', 'other']).default('home'),
  email: z.email('must be an e-mail address').max(320),
  /** Only a verified address lets feedback find the customer. */
  verified: z.boolean().default(true),
})
export type CustomerEmail = z.infer<typeof CustomerEmail>

export const CustomerPhone = z.strictObject({
  type: z.enum(['mobile', 'home', 'work', 'fax', 'other']).default('mobile'),
  phone: text(64).min(1),
  verified: z.boolean().default(true),
})
export type CustomerPhone = z.infer<typeof CustomerPhone>

/** Fields that are kept and given back as they came; nothing here depends on them. */
const Profile = z.strictObject({
  username: text(255).nullish(),
  avatarUrl: z.url().max(2048).nullish(),
  signedUpAt: moment.nullish(),
  lastSeenAt: moment.nullish(),
  socials: z
    .array(z.looseObject({ type: text(32), userid: text(255).optional() }))
    .max(10)
    .nullish(),
  urls: z
    .array(z.looseObject({ url: text(2048) }))
    .max(10)
    .nullish(),
  locations: z
    .array(z.looseObject({ type: text(32).optional() }))
    .max(10)
    .nullish(),
  locale: text(32).nullish(),
  timeZone: text(64).nullish(),
  birthdayAt: moment.nullish(),
  gender: z.enum(['m', 'f', 'o', 'p']).nullish(),
  defaultLang: text(32).nullish(),
  sentiment: z.looseObject({ polarity: z.number() }).nullish(),
})
export type Profile = z.infer<typeof Profile>

export const CustomerInput = z.strictObject({
  name: text(255).nullish(),
  externalId: text(255).min(1).nullish(),
  emails: z.array(CustomerEmail).max(10, 'must not be more than 10').optional(),
  phones: z.array(CustomerPhone).max(10, 'must not be more than 10').optional(),
  tags: z.array(text(longestTag)).max(mostTags).optional(),
  custom: Custom.optional(),
  company: text(64).nullish().describe('The id of a company.'),
  importedAt: moment.nullish(),
  ...Profile.shape,
})
export type CustomerInput = z.infer<typeof CustomerInput>

export const CustomerUpdate = CustomerInput.extend({
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type CustomerUpdate = z.infer<typeof CustomerUpdate>

export const CustomerAttributes = z.looseObject({
  name: z.string(),
  displayName: z.string(),
  displayColor: z.string(),
  displayIcon: z.string(),
  externalId: z.string().nullable(),
  emails: z.array(z.object({ type: z.string(), email: z.string(), verified: z.boolean() })),
  phones: z.array(z.object({ type: z.string(), phone: z.string(), verified: z.boolean() })),
  sharedEmails: z.array(z.unknown()),
  sharedPhones: z.array(z.unknown()),
  tags: z.array(z.string()),
  custom: Custom,
  conversationCounts: z.object({ all: z.number(), open: z.number(), snoozed: z.number(), done: z.number() }),
  progressiveStatus: z.enum(['open', 'snoozed', 'done']).nullable(),
  verified: z.boolean(),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
  lastActivityAt: z.string().nullable(),
  lastCustomerActivityAt: z.string().nullable(),
  importedAt: z.string().nullable(),
})
