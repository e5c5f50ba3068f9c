import { z } from 'zod'

import { TagName } from '../tags/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const longestBody = 10_240 // facts 9

/** What using a shortcut sets on the conversation besides the text. */
const Changes = z.strictObject({
  status: z.enum(['open', 'done']).optional(),
  priority: z.number().int().min(1).max(5).optional(),
  tags: z.array(TagName).max(20).optional(),
})
export type Changes = z.infer<typeof Changes>

export const ShortcutInput = z.strictObject({
  name: text(255).trim().min(1, 'must not be empty'),
  /** What one types after a slash. */
  keyword: z
    .string()
    .max(64)
    .regex(/^[\p{L}\p{N}_-]+$/u, 'may hold letters, digits, _ and - only')
    .nullish(),
  body: text(longestBody)
    .min(1, 'must not be empty')
    .describe('Fields in double braces are filled in: {{customer.name}}.'),
  subject: text(1024).nullish(),
  channels: z.array(text(32)).max(20).default([]).describe('Where it is offered; none: everywhere.'),
  folder: text(255).nullish(),
  shared: z.boolean().default(true).describe('Whether everybody has it, or only who made it.'),
  changes: Changes.default({}),
})
export type ShortcutInput = z.infer<typeof ShortcutInput>

export const ShortcutUpdate = ShortcutInput.extend({
  channels: z.array(text(32)).max(20),
  shared: z.boolean(),
  changes: Changes,
})
  .partial()
  .extend({
    /** The `rev` that was read; a write to an older one is refused with 409. */
    rev: z.number().int().optional(),
  })
export type ShortcutUpdate = z.infer<typeof ShortcutUpdate>

export const ShortcutAttributes = z.object({
  name: z.string(),
  keyword: z.string().nullable(),
  body: z.string(),
  subject: z.string().nullable(),
  channels: z.array(z.string()),
  folder: z.string().nullable(),
  shared: z.boolean(),
  changes: Changes,
  fields: z.array(z.string()).describe('The fields that the text has.'),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
