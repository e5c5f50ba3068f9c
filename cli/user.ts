import type { Config } from '../src/config.ts'
import { addUser, agentRoles, chooseOrg } from '../src/core/orgs/orgs.ts'
import { UserInput } from '../src/core/orgs/schema.ts'
import { createSignIn } from '../src/core/orgs/sign-in.ts'
import { openForCommand } from '../src/main.ts'
import { deriveKey } from '../src/platform/crypto.ts'
import type { Database } from '../src/platform/db/database.ts'
import { createLog } from '../src/platform/log.ts'
import { parseOptions } from './options.ts'

/** Adds somebody and prints their one-time sign-in link. */
export async function createUserCommand(
  config: Config,
  options: { email: string; name: string; role: string[]; org?: string },
): Promise<void> {
  const input = parseOptions(
    UserInput,
    { email: options.email, name: options.name, roles: options.role.length === 0 ? agentRoles : options.role },
    { email: '--email', name: '--name', roles: '--role' },
  )
  await using desk = await openForCommand(config)
  const orgId = await chooseOrg(desk.database, options.org)
  await desk.database.forOrg(orgId).write((tx) => addUser(tx, input))
  await printLink(config, desk, input.email)
}

/** Prints a new one-time sign-in link for somebody who is here already. */
export async function signInLinkCommand(config: Config, options: { email: string }): Promise<void> {
  await using desk = await openForCommand(config)
  await printLink(config, desk, options.email)
}

async function printLink(
  config: Config,
  desk: { database: Database; secretKey: Buffer },
  email: string,
): Promise<void> {
  const signIn = createSignIn({
    database: desk.database,
    publicUrl: () => config.publicUrl ?? `http://localhost:${config.port}`,
    secret: deriveKey(desk.secretKey, 'sessions').toString('hex'),
    log: createLog('error'),
  })
  process.stdout.write(`${await signIn.createLink(email.toLowerCase())}\n`)
}
