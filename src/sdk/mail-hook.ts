import type { Context } from './context.ts'
import type { Trust } from './domain.ts'
import type { Effect } from './effects.ts'
import type { Mail } from './mail.ts'

/** An address of the app's own that mail comes to. */
export interface MailHook<S> {
  /** Shown beside the address. */
  title: string
  description: string
  /** How sure it is who sent it; without it, only the unguessable address speaks for a mail. */
  trustOf?: (mail: Mail, settings: S) => Extract<Trust, 'signed' | 'secret'>
  handle: (mail: Mail, context: Context<S>) => Effect[] | Promise<Effect[]>
  /** From which address answers to its mails leave; without one they do not leave by mail. */
  replyFrom?: (settings: S) => string | undefined
}

export function defineMailHook<S>(hook: MailHook<S>): MailHook<S> {
  return hook
}
