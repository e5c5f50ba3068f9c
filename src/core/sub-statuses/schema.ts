import { z } from 'zod'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const Status = z.enum(['open', 'snoozed', 'done'])

export const SubStatusInput = z.strictObject({
  name: text(255).trim().min(1, 'must not be empty'),
  status: Status.describe('The status that it is a part of.'),
  position: z.number().default(0),
})
export type SubStatusInput = z.infer<typeof SubStatusInput>

export const SubStatusUpdate = SubStatusInput.omit({ status: true }).extend({ position: z.number() }).partial()
export type SubStatusUpdate = z.infer<typeof SubStatusUpdate>

export const SubStatusAttributes = z.object({
  name: z.string(),
  status: Status,
  position: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
