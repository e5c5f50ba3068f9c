import type { Config } from '../src/config.ts'
import { createApiKey } from '../src/core/orgs/api-keys.ts'
import { chooseOrg } from '../src/core/orgs/orgs.ts'
import { ApiKeyInput } from '../src/core/orgs/schema.ts'
import { openForCommand } from '../src/main.ts'
import { deriveKey } from '../src/platform/crypto.ts'
import { parseOptions } from './options.ts'

/** Creates an API key and prints the token alone on standard output, beside a running desk or without one. */
export async function createApiKeyCommand(
  config: Config,
  options: { name: string; role: string[]; expiresInDays?: string; cidr: string[]; org?: string },
): Promise<void> {
  const input = parseOptions(
    ApiKeyInput,
    {
      name: options.name,
      roles: options.role,
      expiresInDays: options.expiresInDays === undefined ? null : Number(options.expiresInDays),
      cidrs: options.cidr,
    },
    { name: '--name', roles: '--role', expiresInDays: '--expires-in-days', cidrs: '--cidr' },
  )
  await using desk = await openForCommand(config)
  const orgId = await chooseOrg(desk.database, options.org)
  const { token } = await desk.database
    .forOrg(orgId)
    .write((tx) => createApiKey(tx, input, deriveKey(desk.secretKey, 'api-keys'), new Date()))
  process.stdout.write(`${token}\n`)
}
