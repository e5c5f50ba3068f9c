import { z } from 'zod'

import { metrics } from '../../sdk/domain.ts'

export const scoreGroups = ['week', 'app', 'installation', 'team', 'agent', 'channel', 'brand'] as const
export type ScoreGroup = (typeof scoreGroups)[number]

const day = z.iso.date('must be a day such as 2026-03-01')

export const ScoreQuery = z.object({
  metric: z.enum(metrics).default('csat'),
  by: z.enum(scoreGroups).default('week'),
  from: day.optional().describe('The first day, UTC; without it, 90 days before the last.'),
  to: day.optional().describe('The last day, UTC; without it, today.'),
  app: z.string().max(64).optional(),
  installation: z.string().max(24).optional(),
  team: z.string().max(24).optional(),
  agent: z.string().max(24).optional(),
  channel: z.string().max(64).optional(),
  brand: z.string().max(24).optional(),
})
export type ScoreQuery = z.infer<typeof ScoreQuery>

const figures = {
  answers: z.number(),
  score: z
    .number()
    .nullable()
    .describe('NPS from -100 to 100; the average for stars; otherwise how many of 100 answers are positive.'),
  low: z.number().nullable().describe('The lower end of the 95 % confidence interval.'),
  high: z.number().nullable(),
  positive: z.number().describe('How many answers are positive: promoters, satisfied.'),
  neutral: z.number(),
  negative: z.number(),
  asked: z.number().describe('How many customers were asked by the apps whose answers these are; 0 where nobody was.'),
  responseRate: z.number().nullable().describe('Answered of 100 who were asked.'),
}

export const ScoreRow = z.object({
  key: z.string().nullable().describe('A day, an app or an id; null for what belongs to none.'),
  ...figures,
})
export type ScoreRow = z.infer<typeof ScoreRow>

export const Scores = z.object({ rows: z.array(ScoreRow), total: z.object(figures) })
export type Scores = z.infer<typeof Scores>
