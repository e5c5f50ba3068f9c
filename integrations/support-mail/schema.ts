import { z } from 'zod'

export const Settings = z.object({
  address: z
    .union([z.email('must be an e-mail address'), z.literal('')])
    .default('')
    .meta({
      title: 'Your address',
      description:
        'What customers write to, such as support@example.com, and what you forward to the address above. Answers leave from it; without it they do not leave.',
    }),
  automatic: z.enum(['leave', 'take']).default('leave').meta({
    title: 'Mails written by machines',
    description:
      'leave: holiday answers, newsletters and notices stay among the deliveries; take: they become conversations, too.',
  }),
})
export type Settings = z.infer<typeof Settings>
