import type { CustomerRef, Feedback, Fields } from './domain.ts'
import type { DeliveryReport, MailFile } from './mail.ts'

/** What a handler asks the core to write. `externalId` makes asking twice harmless. */
export type Effect =
  | ObjectEffect
  | CustomerEffect
  | MessageEffect
  | RemovalEffect
  | RemarkEffect
  | SurveyEffect
  | ReportEffect

/** Create or update one object, on the customer it is about. */
export interface ObjectEffect {
  kind: 'object'
  klass: string
  externalId: string
  /** Other names by which the same object may come: the first that is known decides which one it is. */
  aliases?: string[]
  /** The app made the external id up, as what came names none: an alias of an object with a true one leads there. */
  isProvisional?: boolean
  customer: CustomerRef
  /** When it happened; its place on the timeline. */
  at: Date
  /** The provider's time of this state: an older state never overwrites a newer one. */
  version: Date
  title: string
  description?: string | undefined
  fields: Fields
  images?: string[]
  /** What the klass has no attribute for. */
  data?: Record<string, unknown>
  feedback?: Feedback
  /** False keeps it off the timeline; its feedback is listed all the same. */
  onTimeline?: boolean
  /**
   * Opens a conversation about it, once, however often it changes. Whoever it is about becomes a customer by that. What is only to
   * be read is marked done by a workflow of the app.
   */
  conversation?: { name: string; message: string }
  /** The request that it answers, by what the provider calls that; it is then its customer's, and credited as the close was. */
  survey?: string
  /** Set for what was read back from the provider by its id. */
  trust?: 'refetched'
}

/** Something that somebody wrote, in a conversation that goes on. */
export interface MessageEffect {
  kind: 'message'
  /** Becomes a customer where nobody is found; a conversation needs one. */
  customer: CustomerRef
  /** The same id again writes nothing. */
  externalId: string
  /** By what the app knows its conversation; the first name that is known decides, and all of them lead there from then on. */
  threads: string[]
  /** Names that could mean another conversation one day: they lead there for 30 days after they last did, and only where no other is known. */
  recentThreads?: string[]
  /** Of the conversation, where one is opened. */
  name: string
  subject?: string
  text: string
  at: Date
  /** Written by a machine. */
  isAutomatic?: boolean
  /** As it was written, where it was written so; it is shown in place of the text, and made safe by the core. */
  html?: string | undefined
  /** Where in the text that begins which only repeats what it answers. */
  quotedFrom?: number | undefined
  /** Of the mail that it came with; those in the text are shown there. */
  files?: readonly MailFile[]
}

/** The provider no longer has an object: it is marked, and stays. */
export interface RemovalEffect {
  kind: 'removal'
  klass: string
  externalId: string
  /** When it was taken away, or when we heard of that. */
  at: Date
}

/** Writes nothing: says to whoever reads the delivery why it wrote what it did. */
export interface RemarkEffect {
  kind: 'remark'
  text: string
}

/** Set attributes of a customer, who is created when unknown. */
export interface CustomerEffect {
  kind: 'customer'
  customer: CustomerRef
  fields: Fields
}

/** What became of a request: by its `ref`, or by our own id. A state never goes back to an earlier one. */
export interface SurveyEffect {
  kind: 'survey'
  ref: string
  state: 'sent' | 'opened' | 'answered' | 'bounced' | 'expired' | 'failed' | 'skipped'
  at: Date
  reason?: string
  isOptOut?: boolean
}

/** A mail that was sent from here came back, is late, or was complained about. */
export interface ReportEffect {
  kind: 'report'
  report: DeliveryReport
}
