import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { readHealth } from './store.ts'
import type { InstallationHealth } from './store.ts'

const dayMs = 24 * 60 * 60 * 1000
const timeHexCharacters = 12

/** Reads how an installation fared in the last 24 hours. */
export function healthReader(database: Database) {
  return (orgId: Id, installationId: Id): Promise<InstallationHealth> =>
    database
      .forOrg(orgId)
      .read((reader) => readHealth(reader, installationId, firstIdSince(new Date(Date.now() - dayMs))))
}

/** Ids begin with their time, so a range of time is a range of ids. */
function firstIdSince(time: Date): Id {
  return time.getTime().toString(16).padStart(timeHexCharacters, '0').padEnd(24, '0')
}
