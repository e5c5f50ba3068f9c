import { z } from 'zod'

export const TagName = z.string().trim().min(1, 'must not be empty').max(255, 'must not be longer than 255 characters')

export const TagInput = z.strictObject({ name: TagName, color: z.string().max(32).nullish() })
export type TagInput = z.infer<typeof TagInput>

export const TagUpdate = TagInput.partial().extend({
  /** False brings a deleted tag back, wherever it still is. */
  deleted: z.literal(false).optional(),
})
export type TagUpdate = z.infer<typeof TagUpdate>

export const TagAttributes = z.object({
  name: z.string(),
  color: z.string().nullable(),
  deleted: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
  deletedAt: z.string().nullable(),
})
