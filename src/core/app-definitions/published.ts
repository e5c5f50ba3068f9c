import type { Vault } from '../../platform/crypto.ts'
import type { Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import type { PublishedApps } from '../apps/catalog.ts'
import { replaceHooks } from '../apps/hooks.ts'
import { declareAttributes } from '../metadata/metadata.ts'
import { provideAppKey, switchAppKey } from '../orgs/api-keys.ts'
import { replaceAppWebhooks, switchAppWebhooks } from '../webhooks/webhooks.ts'
import { findNewest, listNewest, tokenFor } from './app-definitions.ts'
import { describeDefinition, standardAttributes } from './describe.ts'
import type { Definition } from './schema.ts'
import { findRegistration } from './store.ts'

/** The job that tells an app of what became of it. */
export const lifecycleTaskName = 'apps.lifecycle'

export type Lifecycle = 'installed' | 'enabled' | 'disabled'

/** What installing, switching and removing a published app means for what it brought: its key, its webhooks, its hooks. */
export function publishedApps(services: { vault: Vault; signingKey: Buffer }): PublishedApps {
  async function tell(tx: Tx, installation: { id: Id; app: string }, event: Lifecycle, by: Actor): Promise<void> {
    await enqueue(
      tx,
      { name: lifecycleTaskName },
      { orgId: tx.orgId, installationId: installation.id, app: installation.app, event, userId: by.userId },
    )
  }

  return {
    list: async (reader) => (await listNewest(reader)).map((row) => describeDefinition(row.definition)),
    find: async (reader, id) => {
      const row = await findNewest(reader, id)
      return row === undefined ? undefined : describeDefinition(row.definition)
    },
    installed: async (tx, installation, by) => {
      const definition = await definitionOf(tx, installation.app)
      for (const { resource, labels } of standardAttributes(definition)) {
        await declareAttributes(tx, resource, labels)
      }
      await replaceHooks(
        tx,
        installation.id,
        definition.hooks.map((hook) => ({
          type: hook.type,
          title: hook.displayEventName ?? hook.eventName,
          description: hook.description ?? '',
          eventName: hook.eventName.startsWith('kustomer.')
            ? hook.eventName
            : `kustomer.app.${definition.app}.${hook.eventName}`,
        })),
        by.userId,
      )
      await provideAppKey(tx, installation.id, { name: definition.title, roles: definition.roles }, services.signingKey)
      const registration = await findRegistration(tx, { app: definition.app })
      const signed =
        registration === undefined
          ? []
          : [{ name: 'x-kustomer-app-token', value: await tokenFor(services.vault, registration, definition.version) }]
      const webhooks = definition.outboundWebhooks.map((it) => ({ ...it, headers: [...it.headers, ...signed] }))
      await replaceAppWebhooks(tx, services.vault, installation.id, webhooks, by.userId)
      await tell(tx, installation, 'installed', by)
    },
    switched: async (tx, installation, on, by) => {
      if ((await findNewest(tx, installation.app)) === undefined) {
        return // one of the desk's own integrations
      }
      await switchAppKey(tx, installation.id, on)
      await switchAppWebhooks(tx, installation.id, on)
      await tell(tx, installation, on ? 'enabled' : 'disabled', by)
    },
    removed: async (tx, installation) => {
      await switchAppKey(tx, installation.id, false)
      await replaceAppWebhooks(tx, services.vault, installation.id, [], '')
    },
  }
}

export async function definitionOf(tx: Tx | Parameters<typeof findNewest>[0], app: string): Promise<Definition> {
  const row = await findNewest(tx, app)
  if (row === undefined) {
    throw new ApiError('notfound', `There is no published app "${app}".`, { parameter: 'app' })
  }
  return row.definition
}
