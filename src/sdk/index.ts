import { z } from 'zod'

import type { Context } from './context.ts'
import type { AttributeName, CustomerRef, RawRequest, Trust } from './domain.ts'
import type { Effect } from './effects.ts'
import type { MailHook } from './mail-hook.ts'
import type {
  Choice,
  EnquiryAnswer,
  Erasures,
  HistoryPage,
  OAuth,
  PublishedReply,
  Quota,
  ReviewRef,
} from './provider.ts'
import type { SimulatedProvider, World } from './simulation.ts'
import type { Surveys } from './surveys.ts'
import type { BroughtWorkflow } from './workflows.ts'

export * from './context.ts'
export * from './domain.ts'
export * from './effects.ts'
export * from './lessons.ts'
export * from './mail-hook.ts'
export * from './mail.ts'
export * from './provider.ts'
export * from './simulation.ts'
export { headerText, mailboxOf, simulatedMail } from './simulated-mail.ts'
export type { SimulatedMail } from './simulated-mail.ts'
export { escapeHtml, simulatorPage } from './simulator-page.ts'
export * from './surveys.ts'
export * from './workflows.ts'

/** The one shape of code in an integration: typed input in, effects out; the core writes them in one transaction. */
export type Handler<S, I> = (input: I, context: Context<S>) => Effect[] | Promise<Effect[]>

/** Asks whether a token is an API key of this organisation that holds all of `roles`. */
export type IsApiKey = (token: string, roles: string[]) => Promise<boolean>

/** `refused` answers 401; the delivery is recorded, and can be run again after the settings are mended. */
export type Verdict = Extract<Trust, 'signed' | 'secret'> | 'refused'

export interface Webhook<S, P> {
  /** Shown beside its address. */
  title: string
  description: string
  /** Turns the provider's JSON into our words; only what is used is named, everything else is ignored. */
  payload: z.ZodType<P>
  /** Decides on the raw bytes. Without it a delivery has the trust of its unguessable address. */
  verify?: (request: RawRequest, settings: S, isApiKey: IsApiKey) => Verdict | Promise<Verdict>
  /** Headers that carry a secret in clear: never shown, never stored in clear. Lower-case. */
  secretHeaders?: string[]
  /** The provider's own id of the event, when its body has one; otherwise equal bytes are the same delivery. */
  eventId?: (body: unknown) => string | undefined
  handle: Handler<S, P>
  /** Enters its address at the provider, where that is done by a call. Called again and again: does nothing when it is there. */
  register?: (url: string, context: Context<S>) => Promise<void>
}

/** How a provider lets its reviews be answered; the desk offers exactly that. */
export interface Replies<S> {
  /** The most characters, where the provider names a limit. */
  longest?: number
  /** Said beside the field: what becomes of formatting, when it appears. */
  hint: string
  /** A word in a note by which the note's text becomes the reply. */
  command?: string
  /** What is said beside the field where a reply may also be for the customer alone; without it every reply is public. */
  privateHint?: string
  /** Why this review cannot be answered with these settings; undefined when it can. */
  problemOf?: (review: ReviewRef, settings: S) => string | undefined
  /** Puts the text there, in place of what stands there. Resolves to the provider's id of it. */
  publish: (
    text: string,
    review: ReviewRef,
    context: Context<S>,
    options: { isPrivate: boolean },
  ) => Promise<{ ref?: string | undefined }>
  /** What stands there now: asked when an answer was lost, so that nothing is said twice. */
  read?: (review: ReviewRef, context: Context<S>) => Promise<PublishedReply | undefined>
  /** Without it no reply that is out can be taken back. */
  withdraw?: (review: ReviewRef, context: Context<S>) => Promise<void>
  /** Why the reply to this review cannot be taken back; undefined when it can, or when there is nothing to say. */
  whyNotWithdraw?: (review: ReviewRef) => string | undefined
}

/** How an answer in a conversation that the app's mails opened goes to the provider itself, in place of a mail. */
export interface Answers<S> {
  /** What is said beside the field when everybody will see it. */
  hint: string
  /** What is said beside the field when it is for the customer alone. */
  privateHint: string
  /** Why it cannot be sent, by the names that the app knows the conversation by; undefined when it can. */
  problemOf: (threads: readonly string[], settings: S) => string | undefined
  send: (
    text: string,
    threads: readonly string[],
    context: Context<S>,
    options: { isPrivate: boolean },
  ) => Promise<void>
}

/** How what a provider has of the past is fetched. It causes nothing but records: no conversation, no mail, no reply. */
export interface History<S> {
  /** Why it cannot be fetched with these settings; undefined when it can. */
  problemOf?: (settings: S) => string | undefined
  /** The page at `cursor`, the newest first; undefined is the first. */
  page: (cursor: string | undefined, context: Context<S>) => Promise<HistoryPage<Effect>>
  /** One object as the provider has it now: a removal when it does not. Asked for what no page showed. */
  one: (externalId: string, fields: Readonly<Record<string, unknown>>, context: Context<S>) => Promise<Effect>
}

/** How a provider asks the author of a review who they are, where it does. The answer is for finding the customer, and for nothing else. */
export interface Enquiries<S> {
  /** What the provider calls it. */
  name: string
  /** A word in a note by which one is asked for. */
  command?: string
  /** Why this author cannot be asked; undefined when they can. */
  problemOf?: (review: ReviewRef, settings: S) => string | undefined
  ask: (review: ReviewRef, context: Context<S>) => Promise<void>
  /** Whether the question of `askedAt` got through: asked when the answer to `ask` was lost, so that nobody is asked twice or never. */
  wasAsked: (review: ReviewRef, askedAt: Date, context: Context<S>) => Promise<boolean>
  /** Undefined while there is no answer to the question of `askedAt`. */
  answer: (review: ReviewRef, askedAt: Date, context: Context<S>) => Promise<EnquiryAnswer | undefined>
  /** After so many milliseconds without an answer there will be none. */
  lasts: number
}

export interface Klass {
  title: string
  /** One of the page's icon names. */
  icon: string
  color: string
  /** Attribute name to label. */
  attributes: Partial<Record<AttributeName, string>>
}

/** A request as the provider would send it; to one of the app's mail hooks, its body is the mail as it travels. */
export interface SimulatedRequest {
  webhook: string
  headers: Record<string, string>
  body: string
}

/** The provider in miniature: made by its facts, able to misbehave. */
export interface Simulator<S> {
  /** The one request of the provider's own "send test". */
  test: (settings: S, now: Date) => SimulatedRequest
  /** Realistic traffic about `people`, oldest first; the same seed gives the same traffic. */
  history: (
    settings: S,
    options: { seed: number; people: CustomerRef[]; until: Date; perPerson: number },
  ) => SimulatedRequest[]
  /** Settings with which the simulated provider can be connected to. */
  settings?: Partial<S>
  /** Its API, and the pages that its own users see. */
  provider?: (world: World) => SimulatedProvider
}

/** What a desk can give an app for its settings. */
export interface DeskForSettings {
  /** Where people reach it, and programs its API. */
  url: string
  /** Makes a key for the app; it shows among the API keys and can be revoked there. */
  newApiKey: (roles: string[]) => Promise<string>
}

export interface Integration<S> {
  id: string // the folder's name
  name: string
  version: string
  category: 'reviews' | 'surveys' | 'channels'
  /** One sentence for the directory. */
  summary: string
  developer: string
  website: string
  /** Something an admin should know before installing. */
  notice?: string
  settings: z.ZodType<S> // the form, its validation, what is encrypted and what is redacted all follow from this
  klasses: Record<string, Klass>
  /** Attributes this app adds to customers. */
  customerAttributes?: Partial<Record<AttributeName, string>>
  // oxlint-disable-next-line typescript/no-explicit-any -- one record holds webhooks of several payload types
  webhooks: Record<string, Webhook<S, any>>
  /** Addresses of its own that mail comes to. */
  mails?: Record<string, MailHook<S>>
  /** Where the provider's API is: a name to an address without a slash at the end. */
  hosts?: Record<string, string>
  connection?: OAuth<S>
  replies?: Replies<S>
  answers?: Answers<S>
  history?: History<S>
  enquiries?: Enquiries<S>
  surveys?: Surveys<S>
  /** What happens next, as far as the app has an idea of it; each by a name that stays the same from version to version. */
  workflows?: Record<string, BroughtWorkflow>
  /** What and who was deleted at the provider since a day, and has to be erased here as well. */
  erasures?: (since: Date, context: Context<S>) => Promise<Erasures>
  /** Values of settings that are picked from what the provider has, by the setting's name. */
  choices?: Record<string, (search: string, context: Context<S>) => Promise<Choice[]>>
  /** Settings that the desk itself can know, by their name: filled in when the app is installed and nobody gave them. */
  fillIn?: Record<string, (desk: DeskForSettings) => Promise<string> | string>
  /** What the provider says against settings before they are kept, by the setting's name; nothing when all is well. */
  check?: (context: Context<S>) => Promise<Partial<Record<keyof S & string, string>>>
  /** What is odd about settings that are allowed; undefined when nothing is. */
  warningOf?: (settings: S) => string | undefined
  /** What an answer says of the calls that are left. Header names are lower-case. */
  quotaOf?: (headers: Readonly<Record<string, string>>, now: Date) => Quota[]
  /** What the provider's refusal says to people; undefined when its body says nothing. */
  reasonOf?: (status: number, body: unknown) => string | undefined
  simulator: Simulator<S>
}

export function defineIntegration<S>(integration: Integration<S>): Integration<S> {
  return integration
}

export function defineWebhook<S, P>(webhook: Webhook<S, P>): Webhook<S, P> {
  return webhook
}

/** A setting that is kept encrypted and never shown again. */
export function secret(title: string, description: string) {
  return z.string().max(4096).meta({ title, description, secret: true })
}

export interface ProviderErrorDetails {
  /** The HTTP status, when the provider answered. */
  status?: number
  /** Nobody knows whether the provider did what was asked: it may have, and its answer was lost. */
  isUncertain?: boolean
  /** Not before then, when the provider says so. */
  retryAt?: Date
}

/** The three ways a provider's work fails. The core backs off, asks the admin to reconnect, or shows the reason. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly outcome: 'retry-later' | 'needs-reconnect' | 'rejected'
  readonly details: ProviderErrorDetails

  constructor(outcome: ProviderError['outcome'], reason: string, details: ProviderErrorDetails = {}) {
    super(reason)
    this.outcome = outcome
    this.details = details
  }
}
