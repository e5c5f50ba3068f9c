import type { Reader } from '../../platform/db/database.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { listCloses } from './close-store.ts'
import type { CloseEventRow } from './close-store.ts'
import { decisionOn } from './decide.ts'
import { knowCloses, surveyApps } from './facts.ts'
import type { DryRun, SurveyPolicy } from './schema.ts'

const dayMs = 24 * 60 * 60_000
const pageSize = 500
const mostCloses = 20_000
const shownPerReason = 5

/**
 * Says what a policy would have made of the closes of the last days: whom each installation would have asked, and why not the others.
 * Fatigue counts what this run itself would have asked. Writes nothing.
 */
export async function dryRun(
  reader: Reader,
  services: ConnectionServices,
  policy: SurveyPolicy,
  days: number,
  now: Date,
): Promise<DryRun> {
  const apps = await surveyApps(reader, services)
  const tally = new Tally()
  const closes = await closesSince(reader, new Date(now.getTime() - days * dayMs), now)
  /** When each customer would have been asked, the oldest first. */
  const asked = new Map<string, Date[]>()
  for (let start = 0; start < closes.length; start += pageSize) {
    for (const known of await knowCloses(reader, services, closes.slice(start, start + pageSize))) {
      const customer = known.told.customer.id
      const since = known.close.closed_at.getTime() - policy.perCustomer.days * dayMs
      for (const app of apps) {
        const recent = (asked.get(customer) ?? []).filter((at) => at.getTime() >= since)
        const { verdict, rules, reason } = decisionOn(policy, app, known, recent.length, false)
        if (verdict === 'ask') {
          asked.set(customer, [...recent, known.close.closed_at])
        }
        const example = { conversation: known.close.conversation_id, name: known.told.conversationName }
        const rule = rules.find((it) => !it.allows)?.rule
        tally.add(app.installation.name, rule, reason, { ...example, closedAt: known.close.closed_at.toISOString() })
      }
    }
  }
  return { days, closes: closes.length, isCut: closes.length === mostCloses, installations: tally.results() }
}

/** The closes of a time, the oldest first: what was asked counts for those after it. */
async function closesSince(reader: Reader, from: Date, to: Date): Promise<CloseEventRow[]> {
  const closes: CloseEventRow[] = []
  for (;;) {
    const last = closes.at(-1)
    const after = last === undefined ? undefined : { at: last.closed_at, id: last.id }
    const page = await listCloses(reader, { from, to }, after, pageSize)
    closes.push(...page.slice(0, mostCloses - closes.length))
    if (page.length < pageSize || closes.length >= mostCloses) {
      return closes.toReversed()
    }
  }
}

type Installation = DryRun['installations'][number]
type Example = Installation['skipped'][number]['examples'][number]

/** Counts by installation and rule, with a few examples of each. */
class Tally {
  readonly #counts = new Map<string, Installation>()

  add(name: string, rule: Installation['skipped'][number]['rule'] | undefined, reason: string, example: Example): void {
    const counts = this.#counts.get(name) ?? { name, asked: 0, examples: [], skipped: [] }
    this.#counts.set(name, counts)
    if (rule === undefined) {
      counts.asked++
      pushSome(counts.examples, example)
      return
    }
    const known = counts.skipped.find((it) => it.rule === rule)
    if (known === undefined) {
      counts.skipped.push({ rule, count: 1, reason, examples: [example] })
    } else {
      known.count++
      pushSome(known.examples, example)
    }
  }

  results(): Installation[] {
    return [...this.#counts.values()].map((it) => ({
      ...it,
      skipped: it.skipped.toSorted((a, b) => b.count - a.count),
    }))
  }
}

function pushSome(examples: Example[], example: Example): void {
  if (examples.length < shownPerReason) {
    examples.push(example)
  }
}
