import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { FastifyInstance } from 'fastify'
import type { FastifyRequest } from 'fastify'

import { ConfigError, loadSecretKey } from './config.ts'
import type { Config } from './config.ts'
import { lifecycleTask } from './core/app-definitions/calls.ts'
import { publishedApps } from './core/app-definitions/published.ts'
import { appDefinitionsRoutes, appGatewayRoutes } from './core/app-definitions/routes.ts'
import { findInstallations, hooksOf } from './core/apps/apps.ts'
import { createCatalog, describeApp, loadCatalog } from './core/apps/catalog.ts'
import type { Catalog } from './core/apps/catalog.ts'
import { appsRoutes } from './core/apps/routes.ts'
import { createTestSender } from './core/apps/send-test.ts'
import { createSimulators, simulatorAddress } from './core/apps/simulators.ts'
import type { Simulators } from './core/apps/simulators.ts'
import { createAddresses } from './core/attachments/addresses.ts'
import { filesRoute } from './core/attachments/files-route.ts'
import { attachmentsRoutes } from './core/attachments/routes.ts'
import { auditRoutes } from './core/audit/routes.ts'
import { brandsRoutes } from './core/brands/routes.ts'
import { bulkRoutes } from './core/bulk/routes.ts'
import { bulkTask } from './core/bulk/tasks.ts'
import { noteCommandTask } from './core/commands/tasks.ts'
import { companiesRoutes } from './core/companies/routes.ts'
import { callbackRoute } from './core/connections/callback-route.ts'
import { checkWithProvider } from './core/connections/check.ts'
import type { ConnectionServices } from './core/connections/connections.ts'
import { connectionsRoutes } from './core/connections/routes.ts'
import { presenceRoutes } from './core/conversations/presence.ts'
import { conversationsRoutes } from './core/conversations/routes.ts'
import { wakeTask } from './core/conversations/tasks.ts'
import { customersRoutes } from './core/customers/routes.ts'
import { draftsRoutes } from './core/drafts/routes.ts'
import { sendTask } from './core/drafts/tasks.ts'
import { enquiriesRoutes } from './core/enquiries/routes.ts'
import { enquiryTask } from './core/enquiries/tasks.ts'
import { liveRoute } from './core/events/routes.ts'
import { feedbackRoutes } from './core/feedback/routes.ts'
import { startFirst } from './core/imports/imports.ts'
import { importsRoutes } from './core/imports/routes.ts'
import { importTask, nightlyTask } from './core/imports/tasks.ts'
import { createIntake } from './core/intake/accept.ts'
import { createAcceptor } from './core/intake/acceptor.ts'
import { receivedDeliveries } from './core/intake/backlog.ts'
import { formHookListener } from './core/intake/form-hook-listener.ts'
import { healthReader } from './core/intake/health.ts'
import { lessonRoutes } from './core/intake/lesson-routes.ts'
import { mailHookListener } from './core/intake/mail-hook-listener.ts'
import { mailWebhookRoute } from './core/intake/mail-webhook-route.ts'
import { intakeRoutes } from './core/intake/routes.ts'
import { runAllAgain } from './core/intake/run-again.ts'
import { receivedRunner, runDeliveriesTask } from './core/intake/run.ts'
import { webHookRoute } from './core/intake/web-hook-route.ts'
import { dueMailboxes, mailboxPoller } from './core/mailboxes/poll.ts'
import { mailboxesRoutes } from './core/mailboxes/routes.ts'
import { answerWaysRoutes } from './core/mails/answer-ways-routes.ts'
import { mailServer } from './core/mails/mail-server.ts'
import type { DkimKey } from './core/mails/mail-server.ts'
import { takingReturns } from './core/mails/return-listener.ts'
import { mailsRoutes } from './core/mails/routes.ts'
import { sendingRoutes } from './core/mails/sending-routes.ts'
import { suppressionRoutes } from './core/mails/suppression-routes.ts'
import { sendMailTask } from './core/mails/tasks.ts'
import { unsubscribeRoute } from './core/mails/unsubscribe-route.ts'
import { matchingRoutes } from './core/matching/routes.ts'
import { mergesRoutes } from './core/merges/routes.ts'
import { messageFilesRoutes } from './core/messages/files-routes.ts'
import { messageHtmlRoutes } from './core/messages/html-routes.ts'
import { messagesRoutes } from './core/messages/routes.ts'
import { metadataRoutes } from './core/metadata/routes.ts'
import { notesRoutes } from './core/notes/routes.ts'
import { notificationsRoutes } from './core/notifications/routes.ts'
import { objectsRoutes } from './core/objects/routes.ts'
import { actorOfApiKey, createApiKey } from './core/orgs/api-keys.ts'
import { orgsRoutes } from './core/orgs/routes.ts'
import { knownRoles } from './core/orgs/schema.ts'
import { createSignIn } from './core/orgs/sign-in.ts'
import type { SignIn } from './core/orgs/sign-in.ts'
import { repliesRoutes } from './core/replies/routes.ts'
import { publishTask } from './core/replies/tasks.ts'
import { scoresRoutes } from './core/scores/routes.ts'
import { searchRoutes } from './core/search/routes.ts'
import { indexTask } from './core/search/tasks.ts'
import { shortcutsRoutes } from './core/shortcuts/routes.ts'
import { subStatusesRoutes } from './core/sub-statuses/routes.ts'
import { surveyAsker } from './core/surveys/ask.ts'
import { closeDecider, undecidedCloses } from './core/surveys/decide.ts'
import { followSettings } from './core/surveys/follow-settings.ts'
import { dueSurveyPolls, surveyPoller } from './core/surveys/polls.ts'
import { dueSurveys } from './core/surveys/requests.ts'
import { surveysRoutes } from './core/surveys/routes.ts'
import { reopenedTask } from './core/surveys/tasks.ts'
import { tagsRoutes } from './core/tags/routes.ts'
import { teamsRoutes } from './core/teams/routes.ts'
import { timelineRoutes } from './core/timeline/routes.ts'
import { webhooksRoutes } from './core/webhooks/routes.ts'
import { webhookSender } from './core/webhooks/send.ts'
import { dueWebhooks } from './core/webhooks/webhooks.ts'
import { asksByWorkflow, broughtWorkflows, renewInstallations } from './core/workflows/brought.ts'
import { createDocuments } from './core/workflows/documents.ts'
import { createRunExecutor } from './core/workflows/executor.ts'
import { createMachines } from './core/workflows/machine.ts'
import { eventMatcher, workflowEvents } from './core/workflows/match.ts'
import { workflowsRoutes } from './core/workflows/routes.ts'
import { workflowRunsRoutes } from './core/workflows/run-routes.ts'
import { dueSchedules, scheduleStarter } from './core/workflows/schedule.ts'
import { dueRuns } from './core/workflows/start.ts'
import { createVault, deriveKey } from './platform/crypto.ts'
import { openDatabase } from './platform/db/database.ts'
import type { Database } from './platform/db/database.ts'
import { findRunningPostgres, startEmbeddedPostgres } from './platform/db/embedded.ts'
import { openListener } from './platform/db/listener.ts'
import { migrate, pendingMigrations } from './platform/db/migrate.ts'
import { createFolderStore } from './platform/files/folder.ts'
import { createS3Store } from './platform/files/s3.ts'
import type { Actor } from './platform/http/access.ts'
import { ApiError } from './platform/http/errors.ts'
import { createOutbound } from './platform/http/outbound.ts'
import { createRateLimiter } from './platform/http/rate-limit.ts'
import { createServer } from './platform/http/server.ts'
import { createRemoteWake, startDispatcher } from './platform/jobs/dispatcher.ts'
import { runnable } from './platform/jobs/task.ts'
import { startWorker } from './platform/jobs/worker.ts'
import { openLiveHub } from './platform/live.ts'
import { createLog } from './platform/log.ts'
import { createAddressQuota } from './platform/mail/address-quota.ts'
import { createDnsCache } from './platform/mail/dns-cache.ts'
import type { DnsResolver } from './platform/mail/dns-cache.ts'
import { createMailParser } from './platform/mail/parse-mail.ts'
import { mailProviders } from './platform/mail/providers/providers.ts'
import { startSmtpListener } from './platform/mail/smtp-listener.ts'
import type { Integration } from './sdk/index.ts'

export const version = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version

const integrationsFolder = fileURLToPath(new URL('../integrations', import.meta.url))
const builtPage = fileURLToPath(new URL('../web/dist', import.meta.url))
const requestConnections = 20 // three lanes of two organisations for each of two backlogs, and requests beside them
const jobConcurrency = 2
const longestCertificate = 65_536

export interface StartOptions {
  /** `web` answers requests, `worker` runs jobs, `both` is the default. */
  role?: 'web' | 'worker' | 'both'
  /** Replaces what the folder holds; for tests of the machinery. */
  integrations?: Integration<unknown>[]
  /** Simulated providers answer instead of the true ones, here or at another desk's address; for the demo and for tests. */
  simulators?: boolean | string
  /** Takes mail at this port though none is set; 0: any that is free. For the demo and for tests. */
  smtpPort?: number
  /** Answers for DNS where mail is checked; for tests. */
  resolver?: DnsResolver
  /** Checks every reply against its schema; for tests. */
  checkReplies?: boolean
}

/** A running desk. Disposing of it finishes what it is doing and stops everything it started. */
export interface Desk extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly address: string
  /** Where people reach it. */
  readonly publicUrl: string
  readonly connectionString: string
  readonly database: Database
  readonly catalog: Catalog
  readonly signIn: SignIn
  readonly signingKey: Buffer
  readonly secretKey: Buffer
  readonly app: FastifyInstance
  readonly providers: ConnectionServices
  /** Undefined but in the demo and in tests. */
  readonly simulators: Simulators | undefined
  /** Where mail is taken; undefined where it is not. */
  readonly smtpPort: number | undefined
}

/** Wires everything, from the configuration to a listening server. When a step fails, what was started before stops. */
export async function startDesk(config: Config, options: StartOptions = {}): Promise<Desk> {
  await using started = new AsyncDisposableStack()
  const role = options.role ?? 'both'
  const log = createLog(config.logLevel)
  const catalog =
    options.integrations === undefined
      ? await loadCatalog(integrationsFolder)
      : createCatalog(options.integrations.map((it) => describeApp(it, '', '')))
  const secretKey = await loadSecretKey(config)
  const vault = createVault(secretKey)
  const signingKey = deriveKey(secretKey, 'api-keys')
  const connectionString =
    config.databaseUrl ?? started.use(await startEmbeddedPostgres(config.dataFolder)).connectionString
  await migrate(connectionString)
  const database = started.use(
    openDatabase(connectionString, {
      size: requestConnections,
      onError: ({ message }) => log.warn({ reason: message }, 'idle database connection lost'),
    }),
  )
  const heard = started.use(await openListener({ connectionString, log }))
  const live = started.use(await openLiveHub(heard))
  const apps = { catalog, vault, published: publishedApps({ vault, signingKey }), workflows: broughtWorkflows() }

  let publicUrl = config.publicUrl ?? `http://localhost:${config.port}`
  const signIn = createSignIn({
    database,
    publicUrl: () => publicUrl,
    secret: deriveKey(secretKey, 'sessions').toString('hex'),
    log,
  })
  const files = config.s3 === undefined ? createFolderStore(join(config.dataFolder, 'files')) : createS3Store(config.s3)
  const filesKey = deriveKey(secretKey, 'files')
  const addresses = createAddresses(() => publicUrl, filesKey)
  const authenticate = authenticator(database, signIn)
  const simulators = options.simulators === true ? createSimulators(catalog, () => loopbackAddress(app)) : undefined
  const elsewhere = typeof options.simulators === 'string' ? options.simulators : undefined
  const providers: ConnectionServices = {
    ...apps,
    publicUrl: () => publicUrl,
    mailDomain: () => config.mailDomain ?? new URL(publicUrl).hostname,
    resume: (tx, installationId) => runAllAgain(tx, { status: 'waiting', installationId }),
    ready: async (tx, installationId) => {
      await startFirst(tx, apps, installationId)
      await followSettings(tx, providers, installationId, new Date())
    },
    outbound: started.use(
      createOutbound([
        ...config.allowPrivate,
        ...(simulators === undefined && elsewhere === undefined ? [] : loopback),
      ]),
    ),
    addressOf: (integration, host) =>
      simulators?.addressOf(integration, host) ??
      (elsewhere === undefined ? undefined : simulatorAddress(elsewhere, integration.id, host)) ??
      integration.hosts?.[host] ??
      unknownHost(integration, host),
  }
  const mail = { parser: started.use(createMailParser()), resolver: options.resolver ?? createDnsCache(), files }
  const pipe = { database, apps: providers, mail, log }
  const worker = { database, listener: heard, log }
  const outbound = started.use(createOutbound(config.allowPrivate))
  const definitions = { catalog, vault, outbound, database }
  const actions = { providers, outbound, vault, now: () => new Date() }
  const wake =
    role === 'web'
      ? createRemoteWake(database, receivedDeliveries)
      : started.use(await startDispatcher({ ...worker, backlog: receivedDeliveries, run: receivedRunner(pipe) })).wake
  const acceptor = started.use(createAcceptor(database, wake))
  const intake = createIntake({ database, acceptor, apps })
  const mailKey = deriveKey(secretKey, 'mails')
  const listener = takingReturns(
    { database, parser: mail.parser, intake, key: mailKey },
    mailHookListener({ database, intake, quota: createAddressQuota(config.mailLimit) }),
  )
  const dkim = config.dkim === undefined ? undefined : await readDkimKey(config.dkim)
  const smtpPort = role === 'worker' ? undefined : (config.smtpPort ?? options.smtpPort)
  const smtp =
    smtpPort === undefined
      ? undefined
      : started.use(
          await startSmtpListener({
            host: config.host,
            port: smtpPort,
            log,
            tls: config.smtpTls === undefined ? undefined : await readCertificate(config.smtpTls),
            ...listener,
          }),
        )
  const app = await createServer({
    log,
    version,
    database,
    authenticate,
    limiter: createRateLimiter(database, { keys: config.apiLimit, person: config.personLimit }),
    webFolder: builtPage,
    checkReplies: options.checkReplies ?? false,
    endpoints: [
      ...orgsRoutes({ signIn, signingKey, roles: () => [...knownRoles] }),
      ...metadataRoutes,
      ...auditRoutes,
      ...notificationsRoutes,
      ...brandsRoutes,
      ...shortcutsRoutes,
      ...subStatusesRoutes,
      ...companiesRoutes,
      ...searchRoutes,
      ...bulkRoutes,
      ...mergesRoutes,
      ...draftsRoutes(addresses),
      ...customersRoutes,
      ...tagsRoutes,
      ...teamsRoutes,
      ...webhooksRoutes({ vault, outbound }),
      ...conversationsRoutes,
      ...presenceRoutes,
      ...attachmentsRoutes(addresses),
      ...messagesRoutes,
      ...messageFilesRoutes({ files, addresses }),
      ...messageHtmlRoutes({ parser: mail.parser, addresses }),
      ...mailsRoutes,
      ...answerWaysRoutes(apps),
      ...suppressionRoutes,
      ...sendingRoutes({ server: config.mailUrl, dkim, bounceDomain: config.bounceDomain }),
      ...notesRoutes,
      ...objectsRoutes,
      ...feedbackRoutes,
      ...matchingRoutes,
      ...scoresRoutes,
      ...timelineRoutes(apps),
      ...appsRoutes({
        ...providers,
        fillIn: async (tx, app, given) => {
          const integration = catalog.find(app)?.integration
          const newApiKey = async (roles: string[]) =>
            (await createApiKey(tx, { name: integration?.name ?? app, roles, cidrs: [] }, signingKey, new Date())).token
          const filled = { ...given }
          for (const [name, fill] of Object.entries(integration?.fillIn ?? {})) {
            filled[name] ??= await fill({ url: publicUrl, newApiKey })
          }
          return filled
        },
        check: (db, installation) => checkWithProvider(providers, db, installation),
        readHealth: healthReader(database),
        sendTest: createTestSender({
          ...apps,
          findInstallation: async (reader, id) => (await findInstallations(reader, [id]))[0],
          hooksOf,
          ownAddress: () => listeningAddress(app),
          mailDomain: providers.mailDomain,
          mailServer: () => mailServerOf(config, smtp?.port),
        }),
      }),
      ...connectionsRoutes(providers),
      ...repliesRoutes(providers),
      ...importsRoutes(providers),
      ...enquiriesRoutes(providers),
      ...surveysRoutes(providers),
      ...intakeRoutes,
      ...lessonRoutes({ apps, mail }),
      ...mailboxesRoutes({ vault, outbound }),
      ...appDefinitionsRoutes(definitions),
      ...workflowsRoutes({ actions, log }),
      ...workflowRunsRoutes,
    ],
    aliases: { '/v1/kobjects/': '/v1/klasses/' }, // some clients use it (facts 1.11)
    first: formHookListener({ intake, log }),
    extra: [
      signIn.routes,
      liveRoute({ live, authenticate }),
      webHookRoute({ intake, authenticate }),
      mailWebhookRoute({
        providers: mailProviders(
          config.mailProviders,
          async (url) => (await outbound.call('GET', url, Buffer.alloc(0), {}, longestCertificate)).text,
        ),
        ...listener,
        log,
      }),
      appGatewayRoutes({ ...definitions, signingKey }),
      unsubscribeRoute({ database, key: mailKey }),
      filesRoute({ database, files, key: filesKey }),
      callbackRoute({ database, authenticate, connections: providers }),
      ...(simulators === undefined ? [] : [simulators.routes]),
      (instance) => void instance.get('/readyz', { schema: { hide: true } }, async () => readiness(database)),
    ],
  })
  started.defer(() => app.close())
  if (role !== 'web') {
    await renewInstallations(database, apps)
    const server = config.mailUrl === undefined ? undefined : mailServer(config.mailUrl, dkim)
    const surveys = { database, providers, log, now: () => new Date(), asksByWorkflow }
    const workflows = { database, documents: createDocuments(), machine: createMachines(database), actions, log }
    const backlogs = [
      { backlog: workflowEvents, run: eventMatcher(workflows) },
      { backlog: dueRuns, run: started.use(createRunExecutor(workflows)).run },
      { backlog: dueSchedules, run: scheduleStarter(workflows) },
      { backlog: dueWebhooks, run: webhookSender({ database, vault, outbound, log }) },
      { backlog: undecidedCloses, run: closeDecider(surveys) },
      { backlog: dueSurveys, run: surveyAsker(surveys) },
      { backlog: dueSurveyPolls, run: surveyPoller(surveys) },
      {
        backlog: dueMailboxes,
        run: mailboxPoller({ database, vault, outbound, intake, addresses: providers, log }),
      },
    ]
    for (const it of backlogs) {
      started.use(await startDispatcher({ ...worker, ...it }))
    }
    started.use(
      await startWorker({
        connectionString,
        concurrency: jobConcurrency,
        log,
        tasks: [
          runnable(runDeliveriesTask(pipe)),
          runnable(wakeTask(database)),
          runnable(indexTask(database)),
          runnable(sendTask(database, { apps, mailDomain: providers.mailDomain })),
          runnable(
            sendMailTask({
              database,
              providers,
              files,
              server,
              key: mailKey,
              publicUrl: () => publicUrl,
              bounceDomain: config.bounceDomain,
              replyDomain: config.replyDomain,
            }),
          ),
          runnable(bulkTask(database, log)),
          runnable(publishTask({ database, providers, log })),
          runnable(noteCommandTask({ database, apps })),
          runnable(enquiryTask({ database, providers, log })),
          runnable(reopenedTask(surveys)),
          runnable(importTask({ database, providers, log })),
          runnable(nightlyTask({ database, providers, log })),
          runnable(lifecycleTask(definitions)),
        ],
      }),
    )
  }
  await app.listen({ host: config.host, port: config.port })
  const address = listeningAddress(app)
  publicUrl = config.publicUrl ?? address
  const desk = started.move()
  return {
    address,
    publicUrl,
    connectionString,
    database,
    catalog,
    signIn,
    signingKey,
    secretKey,
    app,
    providers,
    simulators,
    smtpPort: smtp?.port,
    [Symbol.asyncDispose]: () => desk.disposeAsync(),
  }
}

async function readCertificate({ cert, key }: { cert: string; key: string }): Promise<{ cert: string; key: string }> {
  try {
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
  } catch (error) {
    throw new ConfigError(`The certificate for mail cannot be read: ${String(error)}`)
  }
}

async function readDkimKey({ domain, selector, keyFile }: NonNullable<Config['dkim']>): Promise<DkimKey> {
  try {
    const privateKey = await readFile(keyFile, 'utf8')
    if (createPrivateKey(privateKey).asymmetricKeyType !== 'rsa') {
      throw new Error('its key is not an RSA key') // what mails are signed with here, and what every receiver knows
    }
    return { domain, selector, privateKey }
  } catch (error) {
    throw new ConfigError(`TELLBACK_DKIM_KEY must be a file with a private key in PEM: ${String(error)}`)
  }
}

/** Where the desk brings mail to itself. */
function mailServerOf({ host }: Config, port: number | undefined): { host: string; port: number } | undefined {
  return port === undefined ? undefined : { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port }
}

function authenticator(database: Database, signIn: SignIn): (request: FastifyRequest) => Promise<Actor | undefined> {
  return async (request) => {
    const [scheme, token] = request.headers.authorization?.split(' ') ?? []
    if (scheme === undefined) {
      return signIn.actorOf(request)
    }
    if (scheme.toLowerCase() !== 'bearer' || token === undefined) {
      throw new ApiError('unauthorized', 'Send the API key as "Authorization: Bearer …".')
    }
    return actorOfApiKey(
      database,
      { token, ipAddress: request.ip, userAgent: request.headers['user-agent'] ?? null },
      new Date(),
    )
  }
}

async function readiness(database: Database): Promise<{ serving: boolean }> {
  const pending = await pendingMigrations(database.pool).catch(() => undefined)
  if (pending === undefined || pending.length > 0) {
    throw new ApiError(
      'unavailable',
      pending === undefined ? 'The database does not answer.' : 'The database is not up to date.',
    )
  }
  return { serving: true }
}

const loopback = ['127.0.0.0/8']

/** Where the desk reaches itself. */
function loopbackAddress(app: FastifyInstance): string {
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

function unknownHost({ id }: Integration<unknown>, host: string): never {
  throw new Error(`integrations/${id} names no host "${host}"`)
}

function listeningAddress(app: FastifyInstance): string {
  const { address, port, family } = app.server.address() as AddressInfo
  const everywhere = address === '0.0.0.0' || address === '::'
  return `http://${everywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Opens the database of a desk for a command, whether the desk is running or not. */
export async function openForCommand(
  config: Config,
): Promise<{ database: Database; connectionString: string; secretKey: Buffer } & AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  const secretKey = await loadSecretKey(config)
  const connectionString =
    config.databaseUrl ??
    (await findRunningPostgres(config.dataFolder)) ??
    started.use(await startEmbeddedPostgres(config.dataFolder)).connectionString
  await migrate(connectionString)
  const database = started.use(openDatabase(connectionString, { size: 2, onError: () => undefined }))
  const running = started.move()
  return { database, connectionString, secretKey, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
