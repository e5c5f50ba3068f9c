import type { OrgDb, Reader } from '../../platform/db/database.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { bringMail } from '../../platform/mail/bring-mail.ts'
import type { AppServices, InstallationRow } from './apps.ts'
import { hookUrl } from './hooks.ts'
import { openSettings } from './settings.ts'
import type { HookRow } from './store.ts'

export interface TestSenderServices extends AppServices {
  findInstallation: (reader: Reader, id: Id) => Promise<InstallationRow | undefined>
  hooksOf: (reader: Reader, installationIds: Id[]) => Promise<HookRow[]>
  /** Where this desk listens. */
  ownAddress: () => string
  mailDomain: () => string
  /** Where it takes mail; undefined where it does not. */
  mailServer: () => { host: string; port: number } | undefined
}

const timeoutMs = 10_000

/** Posts the provider's own test request to an installation's address over the network: what works here works for the provider. */
export function createTestSender(services: TestSenderServices) {
  return async (db: OrgDb, installationId: Id): Promise<{ status: number; deliveryId: string | null }> => {
    const { installation, hooks } = await db.read(async (reader) => ({
      installation: await services.findInstallation(reader, installationId),
      hooks: await services.hooksOf(reader, [installationId]),
    }))
    if (installation === undefined) {
      throw notFound('Installation')
    }
    const integration = services.catalog.find(installation.app)?.integration
    if (integration?.simulator === undefined) {
      throw new ApiError('unprocessable', 'This app has no test request of its own.')
    }
    const request = integration.simulator.test(
      integration.settings.parse(openSettings(services.vault, installation)),
      new Date(),
    )
    const hook = hooks.find((it) => it.webhook === request.webhook)
    if (hook === undefined) {
      throw new ApiError('unprocessable', 'This installation has no address for test requests; install the app anew.')
    }
    if (hook.type === 'email') {
      return bringTest(services, hook, request.body)
    }
    const response = await fetch(`${services.ownAddress()}/v1/hooks/form/${hook.org_id}/${hook.hash}`, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const reply = (await response.json()) as { data?: { id?: string } }
    return { status: response.status, deliveryId: reply.data?.id ?? null }
  }
}

async function bringTest(
  { mailServer, mailDomain, ownAddress }: TestSenderServices,
  hook: HookRow,
  raw: string,
): Promise<{ status: number; deliveryId: string | null }> {
  const server = mailServer()
  if (server === undefined) {
    throw new ApiError(
      'unprocessable',
      'This desk takes no mail. Set TELLBACK_SMTP_PORT, and let the mail of its domain come there.',
    )
  }
  const answer = await bringMail(server, hookUrl({ publicUrl: ownAddress, mailDomain }, hook), raw)
  return { status: 200, deliveryId: /Taken as ([0-9a-f]{24})/.exec(answer)?.[1] ?? null }
}
