import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Context } from '../../sdk/index.ts'
import type { SurveyApp } from './facts.ts'
import { findPoll, saveQuota } from './poll-store.ts'
import type { KnownQuota } from './poll-store.ts'

/** Keeps what the provider's last answer said of its quota, so that nobody runs into it. */
export async function rememberQuota(tx: Tx, app: SurveyApp, context: Context<unknown>, now: Date): Promise<void> {
  const quotas = context.http.quota?.() ?? []
  if (quotas.length > 0) {
    const kept = quotas.map((it): KnownQuota => ({ ...it, resetsAt: it.resetsAt.toISOString() }))
    await saveQuota(tx, app.installation.id, kept, now)
  }
}

export async function findQuota(reader: Reader, installationId: Id): Promise<KnownQuota[]> {
  return ((await findPoll(reader, installationId))?.quota ?? []) as unknown as KnownQuota[]
}

/** Calls that are left for reading answers and for whoever looks at the settings. */
const reserve = 10

/** When there will be calls left; undefined when there are some now. */
export async function quotaEndsAt(reader: Reader, installationId: Id, now: Date): Promise<Date | undefined> {
  const used = (await findQuota(reader, installationId)).filter(
    (it) => it.remaining <= Math.min(reserve, it.limit / 10) && new Date(it.resetsAt) > now,
  )
  return used.map((it) => new Date(it.resetsAt)).toSorted((a, b) => b.getTime() - a.getTime())[0]
}
