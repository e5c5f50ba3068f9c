/**
 * The words both sides share.
 *
 * - **customer**: the person feedback is about; found by external id, verified e-mail, phone.
 * - **klass, object**: a kind of record an app defines, and its records. Attribute names end in their type: `scoreNum`.
 * - **feedback**: one review or one survey answer, whatever the provider.
 * - **installation**: one organisation's configured instance of an app.
 * - **delivery**: one thing received at a hook of an installation.
 * - **effect**: what a handler asks the core to write.
 */

/** How a delivery was verified: provider's signature; shared secret or unguessable address only; read back from the
 * provider by id; imported from a file. */
export const trustLevels = ['signed', 'secret', 'refetched', 'imported'] as const
export type Trust = (typeof trustLevels)[number]

/** Where a public reply stands; `outdated`: the review was changed since. */
export const replyStates = [
  'draft',
  'awaiting_approval',
  'publishing',
  'published',
  'outdated',
  'failed',
  'withdrawn',
] as const
export type ReplyState = (typeof replyStates)[number]

/** What a score measures. The words of `metrics` are known to reports; a provider may bring others. */
export const metrics = ['nps', 'enps', 'csat', 'ces', 'stars', 'smileys', 'thumbs', 'pmf'] as const
export type Metric = (typeof metrics)[number]

/** Type suffixes of attribute names and what each holds. */
export const attributeTypes = {
  Str: 'string',
  Txt: 'text',
  Num: 'number',
  At: 'date',
  Bool: 'boolean',
  Url: 'url',
  Id: 'id',
  Tree: 'tree',
} as const
export type AttributeSuffix = keyof typeof attributeTypes
export type AttributeType = (typeof attributeTypes)[AttributeSuffix]
export type AttributeName = `${string}${AttributeSuffix}`

/** The type that an attribute's name announces, or undefined when the name ends in no known suffix. */
export function attributeTypeOf(name: string): AttributeType | undefined {
  const suffix = Object.keys(attributeTypes).find(
    (candidate) => name.endsWith(candidate) && name.length > candidate.length,
  )
  return suffix === undefined ? undefined : attributeTypes[suffix as AttributeSuffix]
}

/** A name for people: `purchaseAmountNum` becomes "Purchase Amount". */
export function attributeLabel(name: string): string {
  const suffix = Object.keys(attributeTypes).find((candidate) => name.endsWith(candidate))
  const words = name.slice(0, name.length - (suffix?.length ?? 0)).replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Values of custom attributes by name; null clears one, undefined leaves it alone. */
export type Fields = Partial<Record<AttributeName, string | number | boolean | null>>

/** Who a delivery is about. Everything is optional: without external id, e-mail and phone it stays unmatched. */
export interface CustomerRef {
  externalId?: string | undefined
  email?: string | undefined
  /** Any usual spelling; the core keeps E.164. */
  phone?: string | undefined
  /** For display only; never identifies anyone. */
  name?: string | undefined
  /** The provider's own id of this person, which stays: it finds whoever was once said to be this person. */
  profileId?: string | undefined
  /** What the provider says was ordered or booked. Speaks for somebody, and never identifies anyone. */
  orderNumber?: string | undefined
}

export interface Product {
  id?: string | undefined
  name?: string | undefined
  url?: string | undefined
  imageUrl?: string | undefined
}

/** The part of an object that makes it feedback. */
export interface Feedback {
  kind: 'review' | 'survey'
  metric: Metric
  /** In the provider's own scale; undefined when a respondent gave none. Zero is a score. */
  score: number | undefined
  scale: { min: number; max: number }
  title?: string | undefined
  text?: string | undefined
  product?: Product | undefined
  permalink?: string | undefined
  /** Whether the provider vouches that the author bought or used what is reviewed. */
  verified?: boolean | undefined
  /** The reply as the provider has it now; undefined: there is none. `unknown`: what came says nothing of replies. */
  reply?: { text: string; at: Date | undefined } | 'unknown' | undefined
  /** A number attribute of the customer that shows the newest score of this kind. */
  latestAttribute?: `latest${string}Num` | undefined
  /** Sent by somebody trying the connection out. */
  test?: boolean | undefined
}

/** A request as it came in. `body` is the exact bytes, for signatures. Header names are lower-case. */
export interface RawRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * Where a survey request stands, and where it can go from there.
 *
 * - `scheduled`: the customer is to be asked at its time; also while the provider is tried again.
 * - `canceled`: nobody is asked: the conversation was opened again, or a person stopped it.
 * - `skipped`: a rule said no.
 * - `requested`: the provider has it, and has not asked yet as far as we know.
 * - `sent`, `opened`, `answered`: what the provider tells of it.
 * - `bounced`: the address does not take it.
 * - `expired`: nobody answered while they could.
 * - `failed`: the provider refused it, or nobody knows what came of it.
 */
export const surveyStates = [
  'scheduled',
  'canceled',
  'skipped',
  'requested',
  'sent',
  'opened',
  'answered',
  'bounced',
  'expired',
  'failed',
] as const
export type SurveyState = (typeof surveyStates)[number]
