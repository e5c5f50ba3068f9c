import type { Config } from '../src/config.ts'
import { adminRoles, createOrg, hasAnybodySignedIn, listOrgIds, listUsers } from '../src/core/orgs/orgs.ts'
import { startDesk } from '../src/main.ts'
import type { Desk } from '../src/main.ts'
import { fillWithDemo } from './demo.ts'

const roles = ['web', 'worker', 'both'] as const
const firstAdmin = { name: 'Admin', email: 'admin@tellback.invalid' } // a placeholder until the admin enters their own

/** Runs the desk until it is told to stop. */
export async function serve(
  config: Config,
  options: { demo?: boolean; simulators?: boolean | string; role: string },
): Promise<void> {
  const role = roles.find((it) => it === options.role)
  if (role === undefined) {
    throw new Error(`--role must be one of ${roles.join(', ')}`)
  }
  const stopped = untilToldToStop()
  await using desk = await startDesk(config, {
    role,
    simulators: options.demo === true || (options.simulators ?? false),
    ...(options.demo === true ? { smtpPort: 0 } : {}),
  })
  print(`\nTellback is serving at ${desk.publicUrl}`)
  if (desk.smtpPort !== undefined) {
    print(`Mail is taken at port ${desk.smtpPort}.`)
  }
  await printAdminLink(desk)
  if (options.demo === true) {
    const { agentLink, people } = await fillWithDemo(desk)
    print(`Demo data is in: ${people} customers with reviews and survey answers.`)
    print(`Sign in as an agent (once): ${agentLink}`)
  }
  print('Stop with Ctrl-C.\n')
  await stopped
  print('Stopping…')
}

/** As long as nobody has ever signed in, each start prints a fresh link; before that, the first start makes the first admin. */
async function printAdminLink(desk: Desk): Promise<void> {
  const [orgId] = await listOrgIds(desk.database)
  if (orgId === undefined) {
    await createOrg(desk.database, 'My organisation', firstAdmin)
    print(`Sign in as the first admin (once, within a day): ${await desk.signIn.createLink(firstAdmin.email)}`)
    return
  }
  if (await hasAnybodySignedIn(desk.database)) {
    return
  }
  const users = await desk.database
    .forOrg(orgId)
    .read((reader) => listUsers(reader, { userType: 'user', deleted: false }, 100, 0))
  const admin = users.find((user) => adminRoles.every((role) => user.roles.includes(role)))
  if (admin?.email !== undefined && admin.email !== null) {
    print(`Sign in as the first admin (once, within a day): ${await desk.signIn.createLink(admin.email)}`)
  }
}

async function untilToldToStop(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolve())
    }
  })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
