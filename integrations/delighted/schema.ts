import { z } from 'zod'

import { secret } from '#sdk'
import type { AttributeName } from '#sdk'

export const Settings = z.object({
  apiKey: secret(
    'API key',
    'The key of your Delighted project. When it is set, deliveries must carry a signature made with it.',
  ).optional(),
  customerIdProperty: z
    .string()
    .max(255)
    .meta({
      title: 'Person property with your customer id',
      description:
        'When people have such a property, it finds the customer before the e-mail address does. For example: customer_id',
    })
    .optional(),
})
export type Settings = z.infer<typeof Settings>

export const attributes = {
  scoreNum: 'Score',
  surveyTypeStr: 'Survey type',
  groupStr: 'Group',
  commentTxt: 'Comment',
  additionalAnswersTxt: 'Additional answers',
  delightedLinkStr: 'Delighted link',
  sourceStr: 'Source',
  purchaseAmountNum: 'Purchase amount',
  tagsStr: 'Tags',
  updatedAt: 'Updated',
} as const satisfies Partial<Record<AttributeName, string>>

const latestMoment = 253_402_300_799 // the last second of the year 9999

/** Unix seconds (documented). */
const Moment = z
  .number()
  .int()
  .min(0)
  .max(latestMoment)
  .transform((seconds) => new Date(seconds * 1000))
/** Digits, as a string in every example; numbers are taken too. */
const Digits = z.union([z.string().min(1).max(100), z.number().int().transform(String)])
const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined)

const Person = z
  .object({ id: Digits.optional(), email: Text, name: Text, phone_number: Text })
  .nullish()
  .transform((person) => ({ email: person?.email, name: person?.name, phone: person?.phone_number }))

const Choice = z.object({ text: z.string() })

/** The key that matches the question's type is set, the others are null. */
const Answer = z
  .object({
    question: z.object({ text: z.string() }),
    value: z.object({
      free_response: z.string().nullish(),
      scale: z.number().nullish(),
      select_one: Choice.nullish(),
      select_many: z.array(Choice).nullish(),
    }),
  })
  .transform(({ question, value }) => {
    const chosen = value.select_one?.text ?? value.select_many?.map((choice) => choice.text).join(', ')
    return { question: question.text, answer: value.free_response ?? value.scale?.toString() ?? chosen ?? '' }
  })

/** Objects in one source, strings in another (facts A1): both are taken. */
const Tag = z.union([
  z.string(),
  z.looseObject({ name: z.string() }).transform((tag) => tag.name),
  z.unknown().transform(() => undefined),
])

const SurveyResponse = z
  .object({
    id: Digits,
    person: Person,
    survey_type: z.string().max(100),
    score: z.number().int(),
    comment: Text,
    permalink: Text,
    created_at: Moment,
    updated_at: Moment.nullish(),
    person_properties: z.record(z.string(), z.unknown()).nullish(),
    tags: z.array(Tag).nullish(),
    additional_answers: z.array(Answer).nullish(),
  })
  .transform((data) => ({
    kind: 'response' as const,
    id: data.id,
    person: data.person,
    surveyType: data.survey_type,
    score: data.score,
    comment: data.comment,
    permalink: data.permalink,
    createdAt: data.created_at,
    updatedAt: data.updated_at ?? data.created_at,
    properties: data.person_properties ?? {},
    tags: (data.tags ?? []).filter((tag) => tag !== undefined),
    answers: data.additional_answers ?? [],
  }))
export type SurveyResponse = z.output<typeof SurveyResponse>

/** Flat, or the same under `person`: no example of this body is known, so both readings are taken. [inferred] */
const Unsubscribe = z
  .object({ email: Text, name: Text, unsubscribed_at: Moment.nullish(), person: Person })
  .transform((data) => ({
    kind: 'unsubscribe' as const,
    email: data.email ?? data.person.email,
    name: data.name ?? data.person.name,
    at: data.unsubscribed_at ?? undefined,
  }))
export type Unsubscribe = z.output<typeof Unsubscribe>

/** `true` on the provider's "Send test", absent otherwise. [inferred, facts A1] */
const test = z.boolean().nullish()

export const Payload = z.discriminatedUnion('event_type', [
  z.object({ event_type: z.literal('survey_response.created'), event_data: SurveyResponse, test }),
  z.object({ event_type: z.literal('survey_response.updated'), event_data: SurveyResponse, test }),
  z.object({ event_type: z.literal('unsubscribe.created'), event_data: Unsubscribe, test }),
])
export type Payload = z.output<typeof Payload>

/** For de-duplication across the provider's retries (documented). */
export const EventId = z.object({ event_id: z.string().min(1) }).transform((body) => body.event_id)
