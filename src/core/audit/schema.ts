import { z } from 'zod'

const moment = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text))
const id = z.string().regex(/^[0-9a-f]{24}$/, 'must be the id of an entry')

export const AuditQuery = z.object({
  count: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .transform((count) => Math.min(count, 1000)),
  after: id.optional(),
  before: id.optional(),
  'filter[objectType]': z.string().max(160).optional(),
  'filter[objectId]': z.string().max(64).optional(),
  'filter[userId]': z.string().max(64).optional(),
  'filter[start]': moment.optional(),
  'filter[end]': moment.optional(),
})

export const AuditAttributes = z.object({
  eventName: z.string(),
  eventVerb: z.string(),
  org: z.string(),
  userId: z.string(),
  userType: z.string(),
  objectId: z.string(),
  objectType: z.string(),
  client: z.string().nullable(),
  ip: z.string().nullable(),
  changes: z.unknown(),
  createdAt: z.string(),
  publishedAt: z.string(),
})
