import { z } from 'zod'

import { surveyStates } from '../../sdk/domain.ts'

const texts = (most: number) => z.array(z.string().min(1).max(255)).max(most, `must not be more than ${most}`)
const ids = z.array(z.string().regex(/^[0-9a-f]{24}$/, 'must be an id')).max(100, 'must not be more than 100')
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 21:30')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const closedHow = ['agent', 'automatic', 'spam', 'merged'] as const

/** Whom an organisation lets be asked, by all its survey providers together. An empty list lets everything through. */
export const SurveyPolicy = z.strictObject({
  closedBy: z.array(z.enum(closedHow)).max(4).default(['agent']).describe('Closes of these kinds are asked about.'),
  aboutReviews: z.boolean().default(false).describe('Whether conversations are asked about that a review opened.'),
  channels: texts(50).default([]).describe('Only conversations in one of these channels.'),
  teams: ids.default([]).describe('Only conversations of these teams.'),
  brands: ids.default([]).describe('Only conversations of these brands.'),
  tags: ids.default([]).describe('Only conversations with one of these tags.'),
  notTags: ids.default([]).describe('No conversation with one of these tags.'),
  vetoTags: texts(20).default(['no-survey']).describe('Names of tags by which an agent keeps a survey from going out.'),
  sample: z.number().min(0).max(100).default(100).describe('How many of 100 closes are asked about, drawn by chance.'),
  perCustomer: z
    .strictObject({ most: z.number().int().min(0).max(1000), days: z.number().int().min(1).max(365) })
    .default({ most: 1, days: 30 })
    .describe('A customer is asked at most so often in so many days, by all providers together; 0: without limit.'),
  quietHours: z
    .strictObject({ from: time, to: time, weekends: z.boolean().default(false) })
    .nullable()
    .default(null)
    .describe("Nobody is asked then, by the customer's own clock; what falls into it goes out after it."),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be a time zone such as Europe/Vienna')
    .default('UTC')
    .describe('Of customers whose time zone is not known.'),
  cancelOnReopen: z.boolean().default(true).describe('Whether a conversation that is opened again is not asked about.'),
})
export type SurveyPolicy = z.infer<typeof SurveyPolicy>

export const SurveyPolicyUpdate = z.strictObject({
  policy: SurveyPolicy,
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().min(0).optional(),
})

const ruleNames = [
  'workflow',
  'veto',
  'closedBy',
  'review',
  'channel',
  'team',
  'brand',
  'tags',
  'notTags',
  'address',
  'optOut',
  'provider',
  'sample',
  'once',
  'fatigue',
] as const

export const DecisionRule = z.object({
  rule: z.enum(ruleNames),
  allows: z.boolean(),
  fact: z.string().describe('What it saw.'),
  reason: z.string().optional().describe('Why it does not allow it.'),
})
export type DecisionRule = z.infer<typeof DecisionRule>

export const SurveyDecision = z.object({
  verdict: z.enum(['ask', 'skip']),
  reason: z.string(),
  rules: z.array(DecisionRule),
})
export type SurveyDecision = z.infer<typeof SurveyDecision>

export const SurveyRequestAttributes = z.object({
  state: z.enum(surveyStates),
  reason: z.string().nullable().describe('Why it is in this state.'),
  app: z.string(),
  installation: z.string(),
  provider: z.string().describe('What the provider is called.'),
  store: z.string().describe('The name of the installation.'),
  test: z.boolean().describe('Whether it only tests: no answer comes.'),
  decision: SurveyDecision,
  address: z.string().nullable(),
  closedAt: z.string(),
  channel: z.string().nullable(),
  assignedUsers: z.array(z.string()).describe('To whom the conversation was assigned when it was closed; so it stays.'),
  assignedTeams: z.array(z.string()),
  dueAt: z.string().nullable().describe('When the provider is asked, or asked again; null once that is over.'),
  providerDelay: z.number().describe('Seconds that the provider lets pass of its own accord before it asks.'),
  requestedAt: z.string().nullable(),
  sentAt: z.string().nullable(),
  openedAt: z.string().nullable(),
  answeredAt: z.string().nullable(),
  feedback: z.string().nullable().describe('The answer.'),
  rev: z.number(),
})
export type SurveyRequestAttributes = z.infer<typeof SurveyRequestAttributes>

export const SurveyMoveAttributes = z.object({
  state: z.enum(surveyStates),
  reason: z.string().nullable(),
  by: z.string().nullable().describe('The user; null for the desk itself, and for the provider.'),
  at: z.string(),
})

export const SurveyFilter = z.object({
  conversation: z.string().max(24).optional(),
  customer: z.string().max(24).optional(),
  installation: z.string().max(24).optional(),
  state: z.enum(surveyStates).optional(),
})
export type SurveyFilter = z.infer<typeof SurveyFilter>

export const OptOutInput = z.strictObject({ reason: z.string().trim().min(1).max(500).default('Asked not to be.') })

const mostDays = 90

export const DryRunInput = z.strictObject({
  policy: SurveyPolicy.optional().describe('Another than the one that counts now.'),
  days: z.number().int().min(1).max(mostDays).default(30),
})

const DryRunExample = z.object({ conversation: z.string(), name: z.string(), closedAt: z.string() })

export const DryRun = z.object({
  days: z.number(),
  closes: z.number(),
  isCut: z.boolean().describe('Whether there were more closes than are looked at; the newest are.'),
  installations: z.array(
    z.object({
      name: z.string(),
      asked: z.number(),
      examples: z.array(DryRunExample),
      skipped: z.array(
        z.object({
          rule: z.enum(ruleNames),
          count: z.number(),
          reason: z.string(),
          examples: z.array(DryRunExample),
        }),
      ),
    }),
  ),
})
export type DryRun = z.infer<typeof DryRun>

export const SurveyFeed = z.object({
  polledAt: z.string().nullable().describe('When answers were looked for last.'),
  nextAt: z.string().nullable(),
  reason: z.string().nullable().describe('Why the last look failed.'),
  registeredAt: z.string().nullable().describe('When the provider was told last where to call us.'),
  unreachable: z.string().nullable().describe('Why the provider does not call us.'),
  quota: z.array(z.object({ name: z.string(), limit: z.number(), remaining: z.number(), resetsAt: z.string() })),
  scheduled: z.number().describe('How many requests wait for their time.'),
})

export const OptOut = z.object({
  optedOut: z.boolean(),
  reason: z.string().nullable(),
  at: z.string().nullable(),
})
