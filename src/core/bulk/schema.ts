import { z } from 'zod'

const mostItems = 100 // facts 1.10
const Item = z.record(z.string(), z.unknown())

export const BulkItems = z
  .array(Item)
  .min(1, 'needs at least one item')
  .max(mostItems, `must not be more than ${mostItems} items`)

/** A list of changes each with its `id`; with `ids` in the query, one change for all of them. */
export const BulkChanges = z.union([BulkItems, Item])

export const IdsQuery = z.object({
  ids: z
    .string()
    .max(2600)
    .transform((text) => text.split(',').map((id) => id.trim()))
    .pipe(z.array(z.string().min(1)).max(mostItems, `must not be more than ${mostItems}`)),
})

export const BulkStatus = z.enum(['queued', 'running', 'complete', 'canceled'])

/** What came of one item, in the order of the items. */
export const ItemResult = z.object({
  index: z.number(),
  id: z.string().nullable(),
  status: z.number().describe('As if the item had been a request of its own.'),
  _clientRef: z.unknown().optional(),
  errors: z.array(z.looseObject({ title: z.string() })).optional(),
})
export type ItemResult = z.infer<typeof ItemResult>

export const BulkAttributes = z.object({
  context: z.string(),
  status: BulkStatus,
  ids: z.array(z.string()),
  v2: z.boolean(),
  completed: z.boolean(),
  batches: z.object({ complete: z.number(), total: z.number() }),
  progress: z.object({ done: z.number(), failed: z.number(), total: z.number() }),
  payload: z.looseObject({}),
  createdAt: z.string(),
  updatedAt: z.string(),
  completedAt: z.string().nullable(),
})

export const BatchAttributes = z.object({
  objectIds: z.array(z.string()),
  successCount: z.number(),
  failureCount: z.number(),
  results: z.array(ItemResult),
  errors: z.array(ItemResult),
  status: z.enum(['queued', 'scheduled', 'complete']),
  completedAt: z.string().nullable(),
})
