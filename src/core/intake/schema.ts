import { z } from 'zod'

export const DeliveryStatusWord = z.enum(['received', 'applied', 'retrying', 'waiting', 'rejected', 'refused'])

const EffectRecord = z.object({
  kind: z.enum(['object', 'customer', 'event', 'conversation', 'removal', 'remark', 'survey']),
  result: z.enum(['created', 'updated', 'superseded', 'recorded']),
  klass: z.string().optional(),
  id: z.string().optional(),
  customer: z.string().optional(),
  unmatched: z.string().optional(),
  text: z.string().optional().describe('What a remark says.'),
})
export type EffectRecord = z.infer<typeof EffectRecord>

const Attempt = z.object({ at: z.string(), outcome: z.string(), error: z.string().optional(), ms: z.number() })
export type Attempt = z.infer<typeof Attempt>

export const DeliveryAttributes = z.object({
  status: DeliveryStatusWord,
  trust: z.enum(['signed', 'secret', 'refetched', 'imported', 'none']),
  error: z.string().nullable(),
  app: z.string().nullable(),
  store: z.string().nullable(),
  hookTitle: z.string(),
  bytes: z.number(),
  contentType: z.string().nullable(),
  duplicates: z.number().describe('How many more times it came.'),
  lastDuplicateAt: z.string().nullable(),
  effects: z.array(EffectRecord),
  mail: z
    .object({
      spf: z.enum(['pass', 'fail', 'none', 'error']),
      dkim: z.enum(['pass', 'fail', 'none', 'error']),
      dmarc: z.enum(['pass', 'fail', 'none', 'error']).describe('Whether the domain that it is from stands behind it.'),
      signedBy: z.array(z.string()).describe('Domains whose DKIM signature is right.'),
    })
    .nullable()
    .describe('What a mail’s own domain says of it; null for what is no mail.'),
  attempts: z.array(Attempt),
  receivedAt: z.string(),
  finishedAt: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
})

export const DeliveryDetailAttributes = DeliveryAttributes.extend({
  headers: z.record(z.string(), z.string()).describe('As received; secrets are left out.'),
  body: z.string().describe('As received; bytes that are no text show as replacement characters.'),
})

export const RunAgainInput = z
  .strictObject({
    ids: z
      .array(z.string().regex(/^[0-9a-f]{24}$/, 'must be the id of a delivery'))
      .min(1)
      .max(1000)
      .optional(),
    filter: z.strictObject({ status: DeliveryStatusWord, installation: z.string().max(24).optional() }).optional(),
  })
  .refine((input) => (input.ids === undefined) !== (input.filter === undefined), {
    error: 'give either ids or a filter',
  })
