import { z } from 'zod'

export const NotificationKind = z.enum([
  'mention',
  'assignment',
  'reply',
  'webhook_disabled',
  'draft_failed',
  'reply_published',
  'reply_failed',
  'reply_sent_back',
  'reply_awaits_approval',
  'enquiry_answered',
  'enquiry_failed',
  'workflow',
  'workflow_stopped',
])
export type NotificationKind = z.infer<typeof NotificationKind>

export const NotificationAttributes = z.object({
  kind: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  objectType: z.string().nullable(),
  objectId: z.string().nullable(),
  readAt: z.string().nullable(),
  createdAt: z.string(),
})

export const NotificationUpdate = z.strictObject({ read: z.boolean() })
