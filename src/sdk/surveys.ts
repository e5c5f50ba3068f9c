import type { Context } from './context.ts'
import type { Effect } from './effects.ts'

/** A conversation's close, with everything as it was then: whoever is asked is asked about this. */
export interface SurveyClose {
  conversationId: string
  conversationName: string
  /** Where the conversation is at this desk. */
  link: string
  closedAt: Date
  /** The channel of its last message. */
  channel?: string
  /** By their names. */
  tags: string[]
  /** Whom it was assigned to; undefined when nobody. */
  agent?: { name: string; email?: string }
  customer: { id: string; name: string; email?: string }
}

/** A close that somebody is to be asked about, and how far that has come. */
export interface SurveyRequest extends SurveyClose {
  /** Ours, and never used again: for providers that have no id of their own to join answers by. */
  id: string
  customer: SurveyClose['customer'] & { email: string }
  /** What the steps before left. */
  progress: Readonly<Record<string, string>>
  /** Nobody knows what came of the step before this one: it may have been taken. */
  isUncertain: boolean
}

/** What came of one step. */
export type SurveyStep =
  /** This is kept, and the next step follows. */
  | { kind: 'next'; progress: Record<string, string> }
  /** The provider has it, and will ask. `ref` is what its answers name it by; `note` is written into the conversation. */
  | { kind: 'requested'; ref: string; note: string; sentAt?: Date | undefined }
  /** It will not ask, and this is why. `isOptOut`: nobody is to ask at this address any more. */
  | { kind: 'refused'; state: 'skipped' | 'bounced'; reason: string; isOptOut?: boolean }

/** How a provider asks a customer after a conversation is closed. */
export interface Surveys<S> {
  /** Seconds from the close to the request. */
  delay: (settings: S) => number
  /** Seconds that the provider lets pass of its own accord before it asks. */
  ownDelay?: number
  /** Why nobody can be asked with these settings; undefined when they can. */
  problemOf?: (settings: S) => string | undefined
  /** Why this provider cannot ask about this close; undefined when it can. */
  whyNot?: (close: SurveyClose, settings: S) => string | undefined
  /** Whether what it asks is only a test, of which no answers come. */
  isTest?: (settings: S) => boolean
  /** Takes the next step of a request. What it returns is kept before the step after it. */
  step: (request: SurveyRequest, context: Context<S>) => Promise<SurveyStep>
  /** How its answers are read again and again, whether or not it calls us. */
  polling?: {
    /** Seconds between two looks. `isCalled`: the provider calls us too. */
    every: (how: { isCalled: boolean }) => number
    /** What is new since `cursor`, undefined being the beginning, and what became of some that wait. */
    page: (cursor: string | undefined, waiting: SurveyWaiting[], context: Context<S>) => Promise<SurveyPoll>
  }
}

/** A request that the provider has and that nobody has answered. */
export interface SurveyWaiting {
  ref: string
  state: 'requested' | 'sent' | 'opened'
  progress: Readonly<Record<string, string>>
  requestedAt: Date
}

export interface SurveyPoll {
  effects: Effect[]
  cursor: string | undefined
  /** Whether there is more right now. */
  isMore: boolean
}
