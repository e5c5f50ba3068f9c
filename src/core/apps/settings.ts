import type { Vault } from '../../platform/crypto.ts'
import { ApiError, InvalidRequest, problemsOf } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import type { App } from './catalog.ts'
import type { InstallationRow } from './store.ts'

/** What a secret shows as; sent back, it leaves the secret as it is. */
export const secretPlaceholder = '********'

type Settings = Record<string, unknown>

/** Checks settings by the app's schema; throws `InvalidRequest` with a pointer per field. Unknown names are refused. */
export function checkSettings(app: App, settings: Settings): Settings {
  const known = new Set(Object.keys(app.settingsSchema.properties))
  const unknown = Object.keys(settings).filter((key) => !known.has(key))
  const parsed = app.integration.settings.safeParse(settings)
  const problems = parsed.success ? [] : problemsOf(parsed.error, '/settings')
  if (unknown.length > 0 || !parsed.success) {
    throw new InvalidRequest([...problems, ...unknown.map((key) => unknownSetting(app, key))])
  }
  return settings
}

function unknownSetting(app: App, key: string) {
  return new ApiError('badparam', `${app.integration.name} has no setting "${key}"`, { pointer: `/settings/${key}` })
}

/** Lays a change over the settings there are: null and empty text clear, a placeholder leaves a secret alone. */
export function mergeSettings(app: App, current: Settings, change: Settings): Settings {
  const merged = { ...current }
  for (const [key, value] of Object.entries(change)) {
    const isSecret = app.settingsSchema.properties[key]?.secret === true
    if (isSecret && value === secretPlaceholder) {
      continue
    }
    if (value === null || value === '') {
      delete merged[key]
    } else {
      merged[key] = value
    }
  }
  return merged
}

/** Parts settings into what is kept in clear and what is kept encrypted. */
export function sealSettings(
  app: App,
  vault: Vault,
  installationId: Id,
  settings: Settings,
): { settings: Settings; secrets: Buffer | null } {
  const isSecret = (key: string) => app.settingsSchema.properties[key]?.secret === true
  const clear = Object.fromEntries(Object.entries(settings).filter(([key]) => !isSecret(key)))
  const secret = Object.fromEntries(Object.entries(settings).filter(([key]) => isSecret(key)))
  const secrets =
    Object.keys(secret).length === 0 ? null : vault.seal(JSON.stringify(secret), `installation/${installationId}`)
  return { settings: clear, secrets }
}

/** Settings with their secrets, as they were given. */
export function openSettings(vault: Vault, row: InstallationRow): Settings {
  const secrets =
    row.secrets === null ? {} : (JSON.parse(vault.open(row.secrets, `installation/${row.id}`)) as Settings)
  return { ...row.settings, ...secrets }
}

/** Settings as the API shows them. */
export function maskSettings(app: App, vault: Vault, row: InstallationRow): Settings {
  const entries = Object.entries(openSettings(vault, row))
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      app.settingsSchema.properties[key]?.secret === true ? secretPlaceholder : value,
    ]),
  )
}
