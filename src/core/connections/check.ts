import type { OrgDb } from '../../platform/db/database.ts'
import { ApiError, InvalidRequest } from '../../platform/http/errors.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { InstallationRow } from '../apps/apps.ts'
import type { ConnectionServices } from './connections.ts'
import { contextOf } from './context.ts'

/**
 * Asks the provider about settings before they are kept. Throws with the name of each setting that it does not take; a provider
 * that cannot be reached just now has nothing against them.
 */
export async function checkWithProvider(services: ConnectionServices, db: OrgDb, row: InstallationRow): Promise<void> {
  const integration = services.catalog.find(row.app)?.integration
  if (integration?.check === undefined) {
    return
  }
  try {
    const problems = await integration.check(contextOf(services, db, integration, row))
    const errors = Object.entries(problems).map(
      ([name, text]) => new ApiError('badparam', String(text), { pointer: `/settings/${name}` }),
    )
    if (errors.length > 0) {
      throw new InvalidRequest(errors)
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      throw error
    }
    if (error.outcome !== 'retry-later') {
      throw new ApiError('unprocessable', `${error.message} Nothing was saved.`)
    }
  }
}
