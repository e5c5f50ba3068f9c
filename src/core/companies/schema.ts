import { z } from 'zod'

import { Custom } from '../metadata/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time that exists' })
const tooMany = 'must not be more than 10'

const Email = z.strictObject({
  type: z.enum(['home', 'work', 'other']).default('work'),
  email: z.email('must be an e-mail address').max(320),
  verified: z.boolean().default(false),
})
const Phone = z.strictObject({
  type: z.enum(['mobile', 'home', 'work', 'fax', 'other']).default('work'),
  phone: text(64).min(1),
  verified: z.boolean().default(false),
})

/** Fields that are kept and given back as they came; nothing here depends on them. */
const Profile = z.strictObject({
  whatsapps: z
    .array(z.looseObject({ phone: text(64) }))
    .max(10, tooMany)
    .nullish(),
  socials: z
    .array(z.looseObject({ type: text(32) }))
    .max(10, tooMany)
    .nullish(),
  urls: z
    .array(z.looseObject({ url: text(2048) }))
    .max(10, tooMany)
    .nullish(),
  locations: z.array(z.looseObject({})).max(10, tooMany).nullish(),
  employeeCount: z.number().int().min(0).nullish(),
  avatarUrl: z.url().max(2048).nullish(),
  defaultLang: text(32).nullish(),
})
export type Profile = z.infer<typeof Profile>

export const CompanyInput = z.strictObject({
  name: text(255).min(3, 'must have at least 3 characters'),
  externalId: text(255).min(1).nullish(),
  emails: z.array(Email).max(10, tooMany).optional(),
  phones: z.array(Phone).max(10, tooMany).optional(),
  domains: z
    .array(z.strictObject({ domain: text(253).min(1) }))
    .max(10, tooMany)
    .optional(),
  tags: z.array(text(255)).max(100).optional(),
  custom: Custom.optional(),
  importedAt: moment.nullish(),
  ...Profile.shape,
})
export type CompanyInput = z.infer<typeof CompanyInput>

export const CompanyUpdate = CompanyInput.partial().extend({
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type CompanyUpdate = z.infer<typeof CompanyUpdate>

export const CompanyAttributes = z.looseObject({
  name: z.string(),
  displayName: z.string(),
  externalId: z.string().nullable(),
  emails: z.array(z.object({ type: z.string(), email: z.string(), verified: z.boolean() })),
  phones: z.array(z.object({ type: z.string(), phone: z.string(), verified: z.boolean() })),
  domains: z.array(z.object({ domain: z.string() })),
  tags: z.array(z.string()),
  custom: Custom,
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
  importedAt: z.string().nullable(),
})
