import { orgRelation } from '../../platform/http/envelope.ts'
import type { Id } from '../../platform/ids.ts'
import type { AppServices, InstallationRow } from './apps.ts'
import type { App } from './catalog.ts'
import { hookUrl } from './hooks.ts'
import type { HookAddresses, HookRow } from './hooks.ts'
import { maskSettings, openSettings } from './settings.ts'

export interface Health {
  lastDeliveryAt: Date | null
  received: number
  failed: number
  duplicates: number
}

/** How an installation fares is known to the intake, which the composition root connects. */
export type ReadHealth = (orgId: Id, installationId: Id) => Promise<Health>

export function showApp(app: App, installed: number) {
  const { integration } = app
  const labels = (attributes: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(attributes).map(([name, label]) => [name, label ?? name]))
  return {
    type: 'app',
    id: integration.id,
    attributes: {
      app: integration.id,
      title: integration.name,
      version: integration.version,
      category: integration.category,
      description: integration.summary,
      developer: integration.developer,
      website: integration.website,
      notice: integration.notice ?? null,
      icon: app.icon.startsWith('https://')
        ? app.icon
        : `data:image/svg+xml;base64,${Buffer.from(app.icon).toString('base64')}`,
      readme: app.readme,
      settings: app.settingsSchema,
      writes: {
        klasses: Object.entries(integration.klasses).map(([name, klass]) => ({
          name,
          title: klass.title,
          attributes: labels(klass.attributes),
        })),
        customerAttributes: labels(integration.customerAttributes ?? {}),
      },
      installed,
    },
    relationships: {},
    links: { self: `/v1/apps/available/${integration.id}` },
  }
}

export function showInstallation(
  services: AppServices & HookAddresses,
  app: App | undefined,
  row: InstallationRow,
  hooks: HookRow[],
  health: Health,
) {
  return {
    type: 'installation',
    id: row.id,
    attributes: {
      app: row.app,
      name: row.name,
      version: row.version,
      title: app?.integration.name ?? row.app,
      status: row.status as 'active',
      statusReason: row.status_reason,
      warning: app === undefined ? null : warningOf(app, services, row),
      hasHistory: app?.integration.history !== undefined,
      asks: app?.integration.surveys !== undefined,
      connects: app?.integration.connection !== undefined,
      settings: app === undefined ? {} : maskSettings(app, services.vault, row),
      hooks: hooks.map((hook) => ({
        id: hook.id,
        name: hook.webhook ?? '',
        title: hook.title,
        description: hook.description,
        type: hook.type as 'form',
        url: hookUrl(services, hook),
        previousUntil: previousUntil(hook),
      })),
      health: {
        lastDeliveryAt: health.lastDeliveryAt?.toISOString() ?? null,
        day: { received: health.received, failed: health.failed, duplicates: health.duplicates },
      },
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      app: { links: { self: `/v1/apps/available/${row.app}` }, data: { type: 'app', id: row.app } },
    },
    links: { self: `/v1/apps/installations/${row.id}` },
  }
}

function warningOf({ integration }: App, { vault }: AppServices, row: InstallationRow): string | null {
  const settings = integration.settings.safeParse(openSettings(vault, row))
  return settings.success ? (integration.warningOf?.(settings.data) ?? null) : null
}

function previousUntil({ previous_until: until }: HookRow): string | null {
  return until !== null && until > new Date() ? until.toISOString() : null
}

export function showHook(addresses: HookAddresses, row: HookRow & { app?: string | null }) {
  return {
    type: `${row.type}_hook`,
    id: row.id,
    attributes: {
      title: row.title,
      description: row.description,
      eventName: row.event_name,
      hash: row.hash,
      url: hookUrl(addresses, row),
      previousUntil: previousUntil(row),
      debug: row.debug,
      app: row.app ?? null,
      version: 1,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.updated_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/hooks/${row.type}/${row.id}` },
  }
}
