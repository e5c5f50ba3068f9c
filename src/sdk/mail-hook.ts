import type { Context } from './context.ts'
import type { Trust } from './domain.ts'
import type { Effect } from './effects.ts'
import type { Taught } from './lessons.ts'
import type { Mail } from './mail.ts'

/** How an app is told what its mails mean. */
export interface Lessons {
  /** What a mail may be about, by their names in the app. */
  kinds: Readonly<Record<string, string>>
  fields: Readonly<Record<string, { title: string; isLong?: boolean }>>
  /** What the app takes it for by itself. */
  guess: (mail: Mail) => Taught
  /** What is missing or wrong in what is said, by field; `kind` for the kind. */
  problemsOf: (taught: Taught) => Record<string, string>
}

/** An address of the app's own that mail comes to. */
export interface MailHook<S> {
  /** Shown beside the address. */
  title: string
  description: string
  /** How sure it is who sent it; without it, only the unguessable address speaks for a mail. */
  trustOf?: (mail: Mail, settings: S) => Extract<Trust, 'signed' | 'secret'>
  /** What an admin can say of a mail that the app was unsure of; the core remembers it for the next of its shape. */
  lessons?: Lessons
  handle: (mail: Mail, context: Context<S>) => Effect[] | Promise<Effect[]>
  /** From which address answers to its mails leave; without one they do not leave by mail. */
  replyFrom?: (settings: S) => string | undefined
}

export function defineMailHook<S>(hook: MailHook<S>): MailHook<S> {
  return hook
}
