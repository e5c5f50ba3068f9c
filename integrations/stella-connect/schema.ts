import { z } from 'zod'

import { secret } from '#sdk'
import type { AttributeName } from '#sdk'

const address = (title: string, description: string) =>
  z.url('must be an address such as https://desk.example.com').max(2048).meta({ title, description }).optional()

export const Settings = z.object({
  stellaKey: secret(
    'Stella Connect API key',
    'The production key, under Settings > Integrations. With the test key nothing is collected.',
  ).optional(),
  stellaSecret: secret(
    'Stella Connect API secret',
    'Beside the key. With it, profiles are checked before asking and answers are read back.',
  ).optional(),
  isTest: z.boolean().default(false).meta({
    title: 'This is the test key',
    description: 'Every survey then goes to the test address of your account, and no answer comes.',
  }),
  apiKey: secret(
    'API key of this desk',
    'May read tags (org.permission.tag.read). Filled in by itself; the app here reads tags without it.',
  ).optional(),
  apiUrl: address('API address of this desk', 'Filled in by itself.'),
  deskUrl: address('Address of this desk', 'Links back to conversations begin with it. Filled in by itself.'),
  delay: z.number().int().min(0).max(2_592_000).default(86_400).meta({
    title: 'Seconds until send',
    description: 'From the close of a conversation until Stella Connect is asked, which then sends at once.',
  }),
  channel: z.string().min(1).max(64).default('email').meta({
    title: 'Survey channel',
    description: 'As it is called in your account: email, chat, phone or one of your own.',
  }),
  everyChannel: z.boolean().default(false).meta({
    title: 'Ask about every channel',
    description: 'Otherwise only conversations by e-mail are asked about.',
  }),
  brand: z
    .string()
    .max(128)
    .meta({ title: 'Brand', description: 'Needed in accounts with several brands.' })
    .optional(),
  language: z
    .string()
    .max(16)
    .meta({ title: 'Language', description: 'Needed in accounts with several, such as en-US.' })
    .optional(),
})
export type Settings = z.infer<typeof Settings>

export const attributes = {
  scoreNum: 'Rating',
  commentTxt: 'Comment',
  agentStr: 'Agent',
  brandStr: 'Brand',
  channelStr: 'Survey channel',
  areasTxt: 'Areas',
  npsNum: 'NPS',
  rewardStr: 'Reward',
  deliveryStr: 'Delivery',
  sentAt: 'Sent',
  interactionStr: 'Interaction',
  surveyStr: 'Survey',
} as const satisfies Partial<Record<AttributeName, string>>

const Text = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === undefined || text.trim() === '' ? undefined : text.trim()))
const Moment = z
  .string()
  .nullish()
  .transform((text, context) => {
    if (text === null || text === undefined || text === '') {
      return undefined
    }
    const moment = new Date(text)
    if (Number.isNaN(moment.getTime())) {
      context.addIssue({ code: 'custom', message: `${text} is not a date that exists` })
      return z.NEVER
    }
    return moment
  })
const Option = z.object({ option_text: Text, integer_value: z.number().nullish() })
const Answer = z.object({
  question_text: Text,
  comment: Text,
  selected_options: z.record(z.string(), Option).nullish(),
})
const Person = z
  .object({ email: Text, first_name: Text, last_name: Text, full_name: Text, custom_id: Text })
  .partial()
  .nullish()

/** One element of the data return (facts B4.1). Records exist for what was not sent and not answered too. */
export const Return = z.object({
  uuid: z.string().min(1),
  sequence_id: z.number(),
  is_recovery: z.boolean().nullish(),
  branding: Text,
  channel: Text,
  ext_interaction_id: Text,
  survey_name: Text,
  request_created_at: Moment,
  request_delivery_status: Text,
  request_sent_at: Moment,
  response_received_at: Moment,
  reward_name: Text,
  employee: Person,
  customer: Person,
  answers: z.record(z.string(), Answer).nullish(),
})
export type Return = z.output<typeof Return>
export const Returns = z.array(Return)

const Employee = z.object({ email: Text })
/** The schema calls it an object and its description a list: a list (facts B5). */
export const Employees = z.object({ employees: z.array(Employee).default([]) })

/** No error body is documented: these are the simulator's and plausible. [inferred, facts B1] */
export const Refusal = z.object({ message: Text, errors: z.array(z.string()).nullish() })
