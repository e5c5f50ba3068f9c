import { z } from 'zod'

export const EnquiryAttributes = z.object({
  name: z.string().describe('What the provider calls it.'),
  problem: z.string().nullable().describe('Why the author cannot be asked; null when they can.'),
  mayAsk: z.boolean().describe('Whether your roles let you ask.'),
  command: z.string().nullable(),
  state: z.enum(['none', 'asking', 'waiting', 'answered', 'lapsed', 'failed']),
  reason: z.string().nullable(),
  answer: z
    .object({
      name: z.string().optional(),
      email: z.string().optional(),
      phone: z.string().optional(),
      orderNumber: z.string().optional(),
      message: z.string().optional(),
    })
    .nullable()
    .describe('For finding the customer, and for nothing else.'),
  askedBy: z.string().nullable(),
  askedAt: z.string().nullable(),
  answeredAt: z.string().nullable(),
  nextCheckAt: z.string().nullable(),
})
export type EnquiryAttributes = z.infer<typeof EnquiryAttributes>
