import type { CustomerRow } from '../customers/customers.ts'

type Written = Pick<
  CustomerRow,
  'name' | 'external_id' | 'company_id' | 'emails' | 'phones' | 'tags' | 'custom' | 'profile'
>

const lists = ['socials', 'urls', 'locations'] as const

/** What a customer is after taking in another: lists are joined, and of single values the target's own stand (facts 1.12). */
export function combined(source: CustomerRow, target: CustomerRow): CustomerRow {
  const joinedLists = Object.fromEntries(
    lists.flatMap((name) => {
      const all = united<unknown>(target.profile[name] ?? [], source.profile[name] ?? [])
      return all.length === 0 ? [] : [[name, all]]
    }),
  )
  return {
    ...target,
    name: target.name === '' ? source.name : target.name,
    external_id: target.external_id ?? source.external_id,
    company_id: target.company_id ?? source.company_id,
    emails: united(target.emails, source.emails),
    phones: united(target.phones, source.phones),
    tags: united(target.tags, source.tags),
    custom: { ...source.custom, ...target.custom },
    profile: { ...source.profile, ...target.profile, ...joinedLists },
  }
}

/**
 * What a customer is after giving another one back: what has not changed since the merge becomes what it was before;
 * of what has changed, only that goes which had come with the other.
 */
export function separated(current: CustomerRow, before: Written, merged: Written, source: Written): CustomerRow {
  const single = <V>(now: V, was: V, then: V): V => (same(now, then) ? was : now)
  return {
    ...current,
    name: single(current.name, before.name, merged.name),
    external_id: single(current.external_id, before.external_id, merged.external_id),
    company_id: single(current.company_id, before.company_id, merged.company_id),
    emails: without(current.emails, source.emails, before.emails),
    phones: without(current.phones, source.phones, before.phones),
    tags: without(current.tags, source.tags, before.tags),
    custom: restored(current.custom, before.custom, merged.custom),
    profile: restored(current.profile, before.profile, merged.profile),
  }
}

function united<T>(first: readonly T[], second: readonly T[]): T[] {
  return [...first, ...second.filter((it) => !first.some((other) => same(it, other)))]
}

function without<T>(current: readonly T[], came: readonly T[], before: readonly T[]): T[] {
  return current.filter((it) => before.some((other) => same(it, other)) || !came.some((other) => same(it, other)))
}

function restored<T extends object>(current: T, before: T, merged: T): T {
  const [now, was, then] = [current, before, merged].map((it) => new Map(Object.entries(it)))
  const names = new Set([...(now?.keys() ?? []), ...(was?.keys() ?? [])])
  const entries = [...names].map((name) => [
    name,
    same(now?.get(name), then?.get(name)) ? was?.get(name) : now?.get(name),
  ])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
