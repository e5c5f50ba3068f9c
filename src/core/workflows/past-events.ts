import type { OrgDb } from '../../platform/db/database.ts'
import { findCustomersByIds } from '../customers/customers.ts'
import { displayNameOf } from '../customers/show.ts'
import { asText } from './as-text.ts'
import { listPastEvents } from './run-store.ts'
import { triggerDataOf } from './trigger-data.ts'

const shownAtOnce = 20
const lookedBackMs = 30 * 86_400_000
const longestMs = 3_000

/** The last events of a kind, in words, for choosing one to try a workflow on. */
export async function pastEvents(db: OrgDb, name: string) {
  if (name === '') {
    return []
  }
  // An id begins with its time: 12 of its 24 characters.
  const since = (Date.now() - lookedBackMs).toString(16).padStart(12, '0').padEnd(24, '0')
  return db.search(async (reader) => {
    const rows = await listPastEvents(reader, name, shownAtOnce, since)
    const heard = rows.map((row) => ({
      ...row,
      event_name: name,
      object_type: name.startsWith('tellback.feedback.') ? 'feedback' : row.object_type,
    }))
    const data = await triggerDataOf(reader, heard)
    const people = await findCustomersByIds(reader, [...new Set(rows.flatMap((it) => it.customer_id ?? []))])
    const names = new Map(people.map((it) => [it.id, displayNameOf(it)]))
    return rows.map((row, index) => ({
      type: 'event',
      id: row.id,
      attributes: {
        name,
        summary: summaryOf(data[index] ?? {}),
        customerName: names.get(row.customer_id ?? '') ?? null,
        createdAt: row.created_at.toISOString(),
      },
    }))
  }, longestMs)
}

const longestSummary = 120

function summaryOf(data: Record<string, unknown>): string {
  const score = typeof data['score'] === 'number' ? `${data['score']} of ${asText(data['scaleMax'] ?? '?')}` : undefined
  const changes = data['changes'] as { attributes?: Record<string, { after: unknown }> } | null
  const changed = Object.entries(changes?.attributes ?? {})
    .filter(([, it]) => typeof it.after !== 'object')
    .map(([name, it]) => `${name}: ${asText(it.after)}`)
  const said = [data['title'], data['name'], data['text'], data['preview'], data['body']].find(
    (it) => typeof it === 'string' && it !== '',
  )
  const parts = [score, typeof said === 'string' ? said : undefined, ...changed].filter((it) => it !== undefined)
  return parts.join(' · ').slice(0, longestSummary)
}
