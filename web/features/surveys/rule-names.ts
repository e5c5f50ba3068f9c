import type { Survey } from './survey-state.tsx'

type Rule = Survey['attributes']['decision']['rules'][number]['rule']

/** How the rules are called where their verdicts are shown. */
export const ruleNames: Record<Rule, string> = {
  workflow: 'The workflow that asks',
  veto: 'Somebody kept it back',
  closedBy: 'How it was closed',
  review: 'Opened by a review',
  channel: 'Channel',
  team: 'Team',
  brand: 'Brand',
  tags: 'Tags that are asked about',
  notTags: 'Tags that are not',
  address: 'E-mail address',
  optOut: 'Objection',
  provider: 'The survey app',
  sample: 'Drawn by chance',
  once: 'Scheduled already',
  fatigue: 'Asked lately',
}
