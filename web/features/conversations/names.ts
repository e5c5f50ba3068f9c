import { relatedId } from '../../api.ts'
import type { Related } from '../../api.ts'
import type { Conversation } from '../searches/run-search.ts'

/** What a conversation is called: its name, or its first words. */
export function titleOf({ attributes }: Conversation): string {
  return attributes.name ?? (attributes.preview || 'Conversation without a name')
}

export function customerIdOf(item: Related): string {
  return relatedId(item, 'customer') ?? ''
}

/** Who wrote something; undefined for what came from outside, or from nobody who works here. */
export function authorIdOf(item: Related): string | undefined {
  return relatedId(item, 'createdBy')
}

export const priorities = [
  { value: 1, label: 'Lowest' },
  { value: 2, label: 'Low' },
  { value: 3, label: 'Normal' },
  { value: 4, label: 'High' },
  { value: 5, label: 'Urgent' },
] as const

export const channelNames: Record<string, string> = {
  email: 'E-mail',
  sms: 'SMS',
  chat: 'Chat',
  facebook: 'Facebook',
  'twitter-dm': 'X direct message',
  'twitter-tweet': 'X post',
  voice: 'Phone',
  instagram: 'Instagram',
  'instagram-comment': 'Instagram comment',
  whatsapp: 'WhatsApp',
  form: 'Form',
  portal: 'Portal',
}
