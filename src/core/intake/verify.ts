import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { RawRequest, Verdict, Webhook } from '../../sdk/index.ts'
import { isApiKeyWith } from '../orgs/api-keys.ts'

/** Asks the integration about the raw bytes; without a check of its own, the unguessable address is the secret. */
export async function verdictOn(
  database: Database,
  orgId: Id,
  webhook: Webhook<unknown, unknown>,
  request: RawRequest,
  settings: unknown,
): Promise<Verdict> {
  if (webhook.verify === undefined) {
    return 'secret'
  }
  return webhook.verify(request, settings, (token, roles) =>
    database.forOrg(orgId).read((reader) => isApiKeyWith(reader, token, roles, new Date())),
  )
}
