import { Command, CommanderError } from 'commander'

import { ConfigError, readConfig } from '../src/config.ts'
import { version } from '../src/main.ts'
import { createApiKeyCommand } from './api-key.ts'
import { doctor } from './doctor.ts'
import { migrateCommand } from './migrate.ts'
import { serve } from './serve.ts'
import { createUserCommand, signInLinkCommand } from './user.ts'

const program = new Command('tellback')
  .description('A self-hosted feedback desk.')
  .version(version)
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nSettings come from the environment: PORT (8080), HOST (0.0.0.0), TELLBACK_DATA (./data), DATABASE_URL (unset: embedded),\nTELLBACK_PUBLIC_URL, TELLBACK_SECRET_KEY (unset: made in the data folder), TELLBACK_API_LIMIT (6000), TELLBACK_LOG_LEVEL (info).',
  )

const collect = (value: string, before: string[]) => [...before, value]

program
  .command('serve')
  .description('Run the desk.')
  .option('--demo', 'fill an organisation with realistic data and print an agent’s sign-in too')
  .option(
    '--simulators [address]',
    'let simulated providers answer instead of the true ones, as --demo does: here, or at another desk',
  )
  .option('--role <role>', 'what this process does: web, worker or both', 'both')
  .action((options: { demo?: boolean; simulators?: boolean | string; role: string }) =>
    serve(readConfig(process.env), options),
  )
program
  .command('demo')
  .description('Run the desk with realistic data; the same as serve --demo.')
  .action(() => serve(readConfig(process.env), { demo: true, role: 'both' }))
program
  .command('migrate')
  .description('Bring the database up to date.')
  .action(() => migrateCommand(readConfig(process.env)))
program
  .command('doctor')
  .description('Check settings, database, page and integrations, and say what is wrong.')
  .action(() => doctor(process.env))

const apiKey = program.command('api-key').description('Manage API keys.')
apiKey
  .command('create')
  .description('Create an API key and print its token, which is shown this once.')
  .requiredOption('--name <name>', 'what the key is for')
  .requiredOption('--role <role>', 'a role such as org.user; repeat for more', collect, [])
  .option('--expires-in-days <days>', 'when the key ends; without it, never')
  .option('--cidr <range>', 'addresses it may be used from, like 10.0.0.0/8; repeat for more', collect, [])
  .option('--org <name>', 'the organisation, where there are several')
  .action((options: { name: string; role: string[]; expiresInDays?: string; cidr: string[]; org?: string }) =>
    createApiKeyCommand(readConfig(process.env), options),
  )

const user = program.command('user').description('Manage people.')
user
  .command('create')
  .description('Add somebody and print their one-time sign-in link.')
  .requiredOption('--email <address>', 'their e-mail address')
  .requiredOption('--name <name>', 'their name')
  .option('--role <role>', 'a role such as org.admin; repeat for more (org.user when left out)', collect, [])
  .option('--org <name>', 'the organisation, where there are several')
  .action((options: { email: string; name: string; role: string[]; org?: string }) =>
    createUserCommand(readConfig(process.env), options),
  )
program
  .command('sign-in-link')
  .description('Print a new one-time sign-in link for somebody.')
  .requiredOption('--email <address>', 'their e-mail address')
  .action((options: { email: string }) => signInLinkCommand(readConfig(process.env), options))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) {
    const message = sentenceOf(error)
    process.stderr.write(`${error instanceof ConfigError ? message : `tellback: ${message}`}\n`)
    process.exitCode = 1
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return 'something else listens on this port already; set PORT to another one.'
  }
  return error instanceof Error ? error.message : String(error)
}
