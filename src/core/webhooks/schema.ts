import { z } from 'zod'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)

const nouns = ['customer', 'company', 'conversation', 'message', 'note', 'user', 'team', 'tag'] as const

/** The events that have a fixed name; those of custom objects hold their klass: `kustomer.kobject.<klass>.create`. */
export const eventNames = [
  ...nouns.flatMap((noun) => [`kustomer.${noun}.create`, `kustomer.${noun}.update`]),
  'kustomer.customer.delete',
  'kustomer.company.delete',
  'kustomer.conversation.delete',
  'kustomer.note.delete',
  'tellback.feedback.create',
  'tellback.feedback.update',
]

const EventName = z
  .string()
  .refine(
    (name) =>
      eventNames.includes(name) || /^kustomer\.kobject\.[A-Za-z0-9_-]{1,128}\.(create|update|delete)$/.test(name),
    {
      error: 'must be one of the events that GET /v1/outbound-webhooks/events lists',
    },
  )

const Header = z.strictObject({
  name: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9-]+$/, 'may hold letters, digits and - only')
    .refine((name) => !/^(host|content-length|content-type|connection|transfer-encoding|x-kustomer-.*)$/i.test(name), {
      error: 'is set by the desk itself',
    }),
  value: text(4_096).regex(/^[\x20-\x7e]*$/, 'may hold printable ASCII characters only'),
})

export const WebhookInput = z.strictObject({
  name: text(255).trim().min(1, 'must not be empty'),
  url: text(255),
  events: z.array(EventName).min(1, 'needs at least one event').max(100),
  headers: z.array(Header).max(20).default([]),
})
export type WebhookInput = z.infer<typeof WebhookInput>

export const WebhookUpdate = WebhookInput.partial().extend({
  /** Headers that are left out stay as they are. */
  headers: z.array(Header).max(20).optional(),
  status: z.enum(['enabled', 'disabled']).optional(),
})
export type WebhookUpdate = z.infer<typeof WebhookUpdate>

export const WebhookAttributes = z.object({
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  headers: z.array(z.object({ name: z.string(), value: z.string() })).describe('Values are never shown.'),
  token: z
    .string()
    .describe('Signs every request: lower-case hex HMAC-SHA256 of the body in X-Kustomer-Webhook-Signature.'),
  status: z.enum(['enabled', 'disabled']),
  statusReason: z.string().nullable(),
  failingSince: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export const TransactionAttributes = z.object({
  event: z.string(),
  status: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.number(),
  nextAttemptAt: z.string().nullable(),
  lastStatus: z.number().nullable(),
  lastError: z.string().nullable(),
  lastResponse: z.string().nullable(),
  sentAt: z.string().nullable(),
  createdAt: z.string(),
})

export const EventList = z.object({ data: z.array(z.object({ type: z.string(), id: z.string() })) })
