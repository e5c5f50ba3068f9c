import type { Reader } from '../../platform/db/database.ts'
import { findUsers } from '../orgs/orgs.ts'
import { findTagsByIds } from '../tags/tags.ts'
import { findTeams } from '../teams/teams.ts'
import { findWorkflows } from './workflows.ts'

const anyId = /\b[0-9a-f]{24}\b/g

/** Puts names for the ids of users, teams, tags and workflows in what steps would do, as a person reads it. */
export async function nameThoseIn<Tried extends { effect: string | null }>(
  reader: Reader,
  tried: Tried[],
): Promise<Tried[]> {
  const ids = [...new Set(tried.flatMap(({ effect }) => effect?.match(anyId) ?? []))]
  if (ids.length === 0) {
    return tried
  }
  const named = [
    await findUsers(reader, ids),
    await findTeams(reader, ids),
    await findTagsByIds(reader, ids),
    await findWorkflows(reader, ids),
  ].flat()
  const names = new Map(named.map((it) => [it.id, it.name]))
  return tried.map((it) => ({ ...it, effect: it.effect?.replaceAll(anyId, (id) => names.get(id) ?? id) ?? null }))
}
