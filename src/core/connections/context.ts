import type { OrgDb } from '../../platform/db/database.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { Context, Integration, ProviderAnswer, ProviderCall, Quota } from '../../sdk/index.ts'
import type { InstallationRow } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import { accessToken } from './connections.ts'
import type { ConnectionServices } from './connections.ts'
import { callProvider } from './provider-call.ts'

/** What handlers of an installation work with: its settings, and calls of its provider with its own access. */
export function contextOf(
  services: ConnectionServices,
  db: OrgDb,
  integration: Integration<unknown>,
  row: InstallationRow,
  received: Pick<Context<unknown>, 'headers' | 'receivedAt'> = { headers: {}, receivedAt: new Date() },
): Context<unknown> {
  const settings: unknown = integration.settings.parse(openSettings(services.vault, row))
  const authorizes = (call: ProviderCall) => integration.connection !== undefined && call.isAuthorized !== false
  let quota: Quota[] = []
  const noted = async (answering: Promise<ProviderAnswer>): Promise<ProviderAnswer> => {
    const answer = await answering
    quota = integration.quotaOf?.(answer.headers, new Date()) ?? []
    return answer
  }
  return {
    ...received,
    settings,
    http: {
      quota: () => quota,
      send: async (call) => {
        if (!authorizes(call)) {
          return noted(callProvider(services, integration, call, undefined))
        }
        const token = await accessToken(db, services, row, undefined)
        try {
          return await noted(callProvider(services, integration, call, `Bearer ${token}`))
        } catch (error) {
          if (!(error instanceof ProviderError) || error.details.status !== 401) {
            throw error
          }
          // It ended on the way, or was taken back: once more with another, and that answer counts.
          const next = await accessToken(db, services, row, token)
          return noted(callProvider(services, integration, call, `Bearer ${next}`))
        }
      },
    },
  }
}
