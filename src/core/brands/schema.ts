import { z } from 'zod'

import { Custom } from '../metadata/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)

export const BrandInput = z.strictObject({
  name: text(255).trim().min(1, 'must not be empty'),
  displayName: text(255).nullish(),
  iconUrl: z.url().max(2048).nullish(),
  /** Makes this the brand of everything that names none; the one before is it no longer. */
  default: z.boolean().optional(),
  custom: Custom.optional(),
})
export type BrandInput = z.infer<typeof BrandInput>

export const BrandUpdate = BrandInput.partial().extend({
  deleted: z.literal(true).optional(),
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type BrandUpdate = z.infer<typeof BrandUpdate>

export const BrandAttributes = z.object({
  name: z.string(),
  displayName: z.string(),
  iconUrl: z.string().nullable(),
  default: z.boolean(),
  custom: Custom,
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
