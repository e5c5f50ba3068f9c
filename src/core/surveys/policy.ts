import { isQuiet, quietUntil } from './quiet-hours.ts'
import type { DecisionRule, SurveyDecision, SurveyPolicy } from './schema.ts'

/** What the rules look at: a close as it was, and what is known of the customer now. */
export interface CloseFacts {
  how: 'agent' | 'automatic' | 'spam' | 'merged'
  closedBy: string
  /** Whoever closed it wanted no survey. */
  isVetoed: boolean
  /** Whether a review opened the conversation. */
  isAboutReview: boolean
  channels: readonly string[]
  teams: readonly Named[]
  tags: readonly Named[]
  brand: Named | undefined
  email: string | undefined
  optOut: string | undefined
  /** Why the provider cannot ask, whatever the policy says. */
  providerSays: string | undefined
  /** From 0 up to, not including, 100; the same for the same close, however often it is asked. */
  sample: number
  /** What asks about the same conversation already. */
  alreadyScheduled: boolean
  /** How many requests reached this customer, by any provider, in the policy's days. */
  askedRecently: number
  timeZone: string | undefined
}

export interface Named {
  id: string
  name: string
}

/** The policy's verdict on one close: every rule with the fact that it saw, the first that says no being the reason. */
export function evaluate(policy: SurveyPolicy, facts: CloseFacts): SurveyDecision {
  const rules = rulesOf(policy, facts)
  const against = rules.find((rule) => !rule.allows)
  return {
    verdict: against === undefined ? 'ask' : 'skip',
    reason: against?.reason ?? 'Every rule allows it.',
    rules,
  }
}

function rulesOf(policy: SurveyPolicy, facts: CloseFacts): DecisionRule[] {
  const names = (named: readonly Named[]) => named.map((it) => it.name).join(', ') || 'none'
  const has = (wanted: readonly string[], named: readonly Named[]) => named.some(({ id }) => wanted.includes(id))
  const vetoTag = facts.tags.find(({ name }) => policy.vetoTags.includes(name))
  const { most, days } = policy.perCustomer
  return [
    rule('veto', !facts.isVetoed && vetoTag === undefined, {
      fact: vetoTag === undefined ? (facts.isVetoed ? 'closed without a survey' : 'none') : `tag ${vetoTag.name}`,
      reason:
        vetoTag === undefined
          ? `${facts.closedBy} closed it without a survey.`
          : `The tag “${vetoTag.name}” keeps it from being surveyed.`,
    }),
    rule('closedBy', policy.closedBy.includes(facts.how), {
      fact: `${facts.how}: ${facts.closedBy}`,
      reason: closedReasons[facts.how],
    }),
    rule('review', policy.aboutReviews || !facts.isAboutReview, {
      fact: facts.isAboutReview ? 'opened by a review' : 'not opened by a review',
      reason: 'A review opened it; who wrote one is not asked again.',
    }),
    rule('channel', policy.channels.length === 0 || facts.channels.some((it) => policy.channels.includes(it)), {
      fact: facts.channels.join(', ') || 'none',
      reason: `It was not in one of these channels: ${policy.channels.join(', ')}.`,
    }),
    rule('team', policy.teams.length === 0 || has(policy.teams, facts.teams), {
      fact: names(facts.teams),
      reason: 'It belongs to no team whose customers are asked.',
    }),
    rule('brand', policy.brands.length === 0 || (facts.brand !== undefined && policy.brands.includes(facts.brand.id)), {
      fact: facts.brand?.name ?? 'none',
      reason: 'It belongs to no brand whose customers are asked.',
    }),
    rule('tags', policy.tags.length === 0 || has(policy.tags, facts.tags), {
      fact: names(facts.tags),
      reason: 'It has none of the tags that are asked about.',
    }),
    rule('notTags', !has(policy.notTags, facts.tags), {
      fact: names(facts.tags),
      reason: 'It has a tag that is not asked about.',
    }),
    rule('address', facts.email !== undefined, {
      fact: facts.email ?? 'no e-mail address',
      reason: 'The customer has no e-mail address.',
    }),
    rule('optOut', facts.optOut === undefined, {
      fact: facts.optOut ?? 'has not objected',
      reason: `The customer is not to be asked: ${facts.optOut ?? ''}`,
    }),
    rule('provider', facts.providerSays === undefined, {
      fact: facts.providerSays ?? 'can ask',
      reason: facts.providerSays ?? '',
    }),
    rule('sample', facts.sample < policy.sample, {
      fact: `drew ${facts.sample.toFixed(1)} of 100`,
      reason: `Only ${policy.sample} of 100 closes are asked about, drawn by chance; this one was not drawn.`,
    }),
    rule('once', !facts.alreadyScheduled, {
      fact: facts.alreadyScheduled ? 'one is scheduled' : 'none is scheduled',
      reason: 'A survey about an earlier close of this conversation is scheduled already.',
    }),
    rule('fatigue', most === 0 || facts.askedRecently < most, {
      fact: `asked ${facts.askedRecently} times in ${days} days`,
      reason: `The customer was asked ${facts.askedRecently === 1 ? 'once' : `${facts.askedRecently} times`} in the last ${days} days, by any provider; ${most} ${most === 1 ? 'is' : 'are'} allowed.`,
    }),
  ]
}

function rule(name: DecisionRule['rule'], allows: boolean, { fact, reason }: { fact: string; reason: string }) {
  return { rule: name, allows, fact, ...(allows ? {} : { reason }) }
}

const closedReasons: Record<CloseFacts['how'], string> = {
  agent: 'An agent closed it.',
  automatic: 'It was closed automatically, not by a person.',
  spam: 'It was closed as spam.',
  merged: 'It was closed because it was merged into another.',
}

/** When a request that is due `at` may go out: then, or when the customer's quiet hours end. */
export function allowedFrom({ quietHours, timeZone }: SurveyPolicy, customerZone: string | undefined, at: Date): Date {
  if (quietHours === null) {
    return at
  }
  const zone = customerZone ?? timeZone
  return isQuiet(quietHours, zone, at) ? quietUntil(quietHours, zone, at) : at
}
