import { z } from 'zod'

import { Custom } from '../metadata/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time that exists' })

export const KlassName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9_-]+$/, 'may hold letters, digits, _ and - only')
export const KlassStatus = z.enum(['enabled', 'existing_only', 'disabled'])

export const KlassInput = z.strictObject({
  name: KlassName.refine((name) => !/^[0-9a-f]{24}$/.test(name), { error: 'must not look like an id' }),
  displayName: text(255).optional(),
  icon: text(64).nullish(),
  color: text(32).nullish(),
  status: KlassStatus.default('enabled'),
  jsonSchema: z.record(z.string(), z.unknown()).nullish(),
  mixins: z.record(z.string(), z.unknown()).optional(),
})
export type KlassInput = z.infer<typeof KlassInput>

export const KlassUpdate = KlassInput.omit({ name: true }).extend({ status: KlassStatus }).partial()
export type KlassUpdate = z.infer<typeof KlassUpdate>

export const KlassAttributes = z.object({
  name: z.string(),
  displayName: z.string(),
  icon: z.string().nullable(),
  color: z.string().nullable(),
  status: z.string(),
  app: z.string().nullable(),
  jsonSchema: z.unknown(),
  mixins: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export const KObjectInput = z.strictObject({
  title: text(1024).min(1, 'must not be empty'),
  description: text(100_000).nullish(),
  customer: text(64).nullish(),
  company: text(64).nullish(),
  externalId: text(255).min(1).nullish(),
  images: z.array(z.url().max(2048)).max(50).optional(),
  icon: text(64).nullish(),
  data: z.record(z.string(), z.unknown()).optional(),
  custom: Custom.optional(),
  tags: z.array(text(255)).max(100).optional(),
  createdAt: moment.optional(),
  importedAt: moment.nullish(),
})
export type KObjectInput = z.infer<typeof KObjectInput>

export const KObjectUpdate = KObjectInput.partial().extend({ rev: z.number().int().optional() })
export type KObjectUpdate = z.infer<typeof KObjectUpdate>

export const KObjectAttributes = z.object({
  title: z.string(),
  description: z.string().nullable(),
  icon: z.string().nullable(),
  images: z.array(z.string()),
  externalId: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
  custom: Custom,
  tags: z.array(z.string()),
  rev: z.number(),
  roleGroupVersions: z.array(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
  importedAt: z.string().nullable(),
})
