import { z } from 'zod'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)

export const TeamInput = z.strictObject({
  name: text(255).trim().min(1, 'must not be empty'),
  displayName: text(255).nullish(),
  icon: text(64).nullish(),
  externalId: text(255).nullish(),
  members: z.array(text(64)).max(1000).optional(),
})
export type TeamInput = z.infer<typeof TeamInput>

export const TeamUpdate = TeamInput.partial()
export type TeamUpdate = z.infer<typeof TeamUpdate>

export const TeamMembers = z.strictObject({ members: z.array(text(64)).min(1, 'needs at least one user').max(1000) })

export const TeamAttributes = z.object({
  name: z.string(),
  displayName: z.string(),
  icon: z.string().nullable(),
  externalId: z.string().nullable(),
  members: z.array(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
})
