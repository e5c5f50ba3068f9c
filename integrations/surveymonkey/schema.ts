import { z } from 'zod'

import { secret } from '#sdk'
import type { AttributeName } from '#sdk'

const id = (title: string, description: string) =>
  z
    .string()
    .max(32)
    .regex(/^\d+$/, 'must be the number of one; pick it from the list')
    .meta({ title, description, choices: true })
    .optional()

export const Settings = z.object({
  accessToken: secret(
    'SurveyMonkey access token',
    'Of your app in the SurveyMonkey developer portal, under Settings > Credentials.',
  ).optional(),
  region: z
    .enum(['us', 'eu', 'ca'])
    .default('us')
    .meta({ title: 'Region', description: 'Where your SurveyMonkey account is: us, eu or ca.' }),
  surveyId: id('Survey', 'What customers are asked.'),
  collectorId: id('Collector', 'An Email Invitation collector of that survey, which sends the invitations.'),
  delay: z.number().int().min(0).max(2_592_000).default(86_400).meta({
    title: 'Seconds until send',
    description:
      'From the close of a conversation until SurveyMonkey is asked to send. It waits another 5 minutes before it sends.',
  }),
  clientId: z.string().max(128).meta({ title: 'Client ID', description: 'Of the same app.' }).optional(),
  clientSecret: secret(
    'Client secret',
    'With both, what SurveyMonkey tells us is checked by its signature.',
  ).optional(),
})
export type Settings = z.infer<typeof Settings>

/** A short one of what SurveyMonkey's answers hold. */
export const attributes = {
  scoreNum: 'Score',
  surveyStr: 'Survey',
  commentTxt: 'Comment',
  answersTxt: 'Answers',
  statusStr: 'Status',
  secondsNum: 'Seconds taken',
  analyzeUrl: 'At SurveyMonkey',
} as const satisfies Partial<Record<AttributeName, string>>

/** Ids are strings of digits, and may exceed what arithmetic keeps exact (facts A1). */
const Id = z.union([z.string().min(1), z.number().transform(String)])
const Text = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === undefined || text.trim() === '' ? undefined : text.trim()))
/** `2016-01-01T21:56:31.182613+00:00`; without an offset it is UTC (facts A1). */
const Moment = z.string().transform((text, context) => {
  const moment = new Date(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(moment.getTime())) {
    context.addIssue({ code: 'custom', message: `${text} is not a date that exists` })
    return z.NEVER
  }
  return moment
})

/** Only ids; what was answered is read back (facts A4.2). */
export const Callback = z.object({
  event_type: z.string(),
  event_id: z.string().nullish(),
  object_id: Id,
  resources: z.object({ collector_id: Id.nullish(), survey_id: Id.nullish(), recipient_id: Id.nullish() }).nullish(),
})
export type Callback = z.output<typeof Callback>

export const Message = z.object({
  id: Id,
  status: z.string().nullish(),
  is_scheduled: z.boolean().nullish(),
  scheduled_date: Text,
})
export type Message = z.output<typeof Message>

/** What was sent answers without its id (facts A2.3). */
export const Sent = z.object({ is_scheduled: z.boolean().nullish(), scheduled_date: Text })

const Added = z.object({ id: Id, href: z.string().nullish() })
export const Recipients = z.object({
  succeeded: z.array(Added).default([]),
  existing: z.array(z.unknown()).default([]),
  bounced: z.array(z.unknown()).default([]),
  opted_out: z.array(z.unknown()).default([]),
  invalids: z.array(z.unknown()).default([]),
  duplicate: z.array(z.unknown()).default([]),
})

export const Recipient = z.object({ id: Id, email: Text, href: z.string().nullish() })
export const RecipientPage = z.object({ data: z.array(Recipient) })

export const Stats = z.object({
  mail_status: z.object({
    sent: z.number().default(0),
    opened: z.number().default(0),
    bounced: z.number().default(0),
    opted_out: z.number().default(0),
  }),
})

export const Surveys = z.object({ data: z.array(z.object({ id: Id, title: Text, nickname: Text })) })
export const Collector = z.object({
  id: Id,
  name: Text,
  type: Text,
  status: Text,
  survey_id: Id.nullish(),
  anonymous_type: Text,
  is_sender_email_verified: z.boolean().nullish(), // undocumented, seen (facts A3)
})
export const Collectors = z.object({ data: z.array(Collector) })

export const Me = z.object({
  email_verified: z.boolean().nullish(),
  scopes: z.object({ granted: z.array(z.string()).default([]) }).nullish(),
})

export const Webhooks = z.object({
  data: z.array(z.object({ id: Id, subscription_url: z.string().nullish(), event_type: z.string().nullish() })),
})

const Answer = z.object({
  choice_id: Id.nullish(),
  row_id: Id.nullish(),
  text: Text,
  /** By `simple=true`. */
  simple_text: Text,
})
const Question = z.object({
  id: Id,
  family: Text,
  subtype: Text,
  heading: Text,
  answers: z.array(Answer).default([]),
})
export type Question = z.output<typeof Question>
const Valued = z.object({ value: Text }).nullish()

export const Response = z.object({
  id: Id,
  survey_id: Id,
  collector_id: Id,
  recipient_id: Id.nullish().transform((id) => (id === null || id === '' ? undefined : id)),
  response_status: z.string(),
  collection_mode: z.string().nullish(),
  total_time: z.number().nullish(),
  date_created: Moment,
  date_modified: Moment,
  analyze_url: Text,
  first_name: Text,
  last_name: Text,
  email_address: Text,
  metadata: z
    .object({ contact: z.object({ email: Valued, first_name: Valued, last_name: Valued }).nullish() })
    .nullish(),
  pages: z.array(z.object({ questions: z.array(Question).default([]) })).default([]),
})
export type Response = z.output<typeof Response>
export const ResponsePage = z.object({
  data: z.array(Response),
  page: z.number().default(1),
  links: z.object({ next: z.string().nullish() }).nullish(),
})

const Choice = z.object({ id: Id, text: Text, weight: z.number().nullish() })
export const SurveyDetails = z.object({
  title: Text,
  pages: z
    .array(
      z.object({
        questions: z
          .array(
            z.object({
              id: Id,
              headings: z.array(z.object({ heading: Text })).default([]),
              display_options: z.object({ display_subtype: Text }).nullish(),
              answers: z.object({ choices: z.array(Choice).default([]) }).nullish(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
})
export type SurveyDetails = z.output<typeof SurveyDetails>

/** What an error body says (facts A1). */
export const Refusal = z.object({ error: z.object({ id: z.string(), message: Text }) })
