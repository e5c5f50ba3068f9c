import type { AddressInfo } from 'node:net'
import { callbackify } from 'node:util'

import { SMTPServer } from 'smtp-server'
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from 'smtp-server'

import type { Log } from '../log.ts'
import { mailLimits } from './mail-limits.ts'

/** A mail as it came, with what the connection said of it. */
export interface ReceivedMail {
  raw: Buffer
  /** Empty for bounces. */
  sender: string
  recipients: string[]
  ip: string
  helo: string
}

export interface SmtpListenerOptions {
  host: string
  port: number
  log: Log
  /** `full`: it is known, and takes no more for now. */
  isKnown: (address: string) => Promise<boolean | 'full'>
  /** Resolves once the mail is durable, to what it is called here; only then it is acknowledged. */
  take: (mail: ReceivedMail) => Promise<string>
  /** For STARTTLS; without it connections stay as they are. */
  tls?: { key: string; cert: string } | undefined
}

/** Where other servers bring mail to. Disposing of it finishes what is being taken. */
export interface SmtpListener extends AsyncDisposable {
  port: number
}

const mostClients = 200
const mostRecipients = 20
const mostStrangers = 5 // unknown recipients in one connection: somebody is guessing
const mostConnectionsPerMinute = 300
const idleMs = 60_000
const minuteMs = 60_000

/** Takes mail for known addresses; refuses relaying, guessing and what is too large, and never sends anything back later. */
export async function startSmtpListener(options: SmtpListenerOptions): Promise<SmtpListener> {
  const { log } = options
  const strangers = new WeakMap<SMTPServerSession, number>()
  const connections = new Map<string, { count: number; since: number }>()

  function isTooOften(ip: string): boolean {
    const now = performance.now()
    const known = connections.get(ip)
    const entry = known === undefined || now - known.since > minuteMs ? { count: 0, since: now } : known
    entry.count += 1
    connections.set(ip, entry)
    if (connections.size > mostClients * 100) {
      connections.clear()
    }
    return entry.count > mostConnectionsPerMinute
  }

  async function admit({ address }: SMTPServerAddress, session: SMTPServerSession): Promise<void> {
    const guesses = strangers.get(session) ?? 0
    if (guesses >= mostStrangers) {
      throw refusal(421, '4.7.0 Too many unknown recipients')
    }
    const known = await options.isKnown(address).catch((error: unknown) => {
      log.error({ err: error }, 'looking up the recipient of a mail failed')
      throw refusal(451, '4.3.0 Come again later')
    })
    if (known === 'full') {
      throw refusal(452, '4.2.2 Too many mails for this address; come again later')
    }
    if (!known) {
      strangers.set(session, guesses + 1)
      throw refusal(550, '5.1.1 Nobody is at this address')
    }
  }

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const raw = await contentOf(stream)
    const { envelope, remoteAddress: ip, hostNameAppearsAs: helo } = session
    const sender = envelope.mailFrom === false ? '' : envelope.mailFrom.address
    const recipients = envelope.rcptTo.map((it) => it.address)
    const name = await options.take({ raw, sender, recipients, ip, helo }).catch((error: unknown) => {
      log.error({ err: error }, 'a mail was not taken')
      throw refusal(451, '4.3.0 Come again later')
    })
    return `2.0.0 Taken as ${name}`
  }

  const server = new SMTPServer({
    secure: false,
    ...(options.tls === undefined ? {} : options.tls),
    disabledCommands: ['AUTH', ...(options.tls === undefined ? ['STARTTLS'] : [])],
    authOptional: true,
    size: mailLimits.bytes,
    rejectOversized: true,
    maxClients: mostClients,
    maxRecipients: mostRecipients,
    socketTimeout: idleMs,
    disableReverseLookup: true,
    useXClient: false,
    useXForward: false,
    logger: false,
    banner: 'Tellback',
    onConnect: (session, callback) => {
      callback(isTooOften(session.remoteAddress) ? refusal(421, 'Too many connections; come again later') : null)
    },
    onRcptTo: callbackify(admit),
    onData: callbackify(receive),
  })
  server.on('error', (error) => log.debug({ reason: error.message }, 'a mail connection broke off'))
  const listening = await new Promise<AddressInfo>((resolve, reject) => {
    const socket = server.listen(options.port, options.host, () => resolve(socket.address() as AddressInfo))
    socket.once('error', reject)
  })
  return {
    port: listening.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function contentOf(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer)
  }
  if (stream.sizeExceeded) {
    throw refusal(552, '5.3.4 The mail is too large')
  }
  return Buffer.concat(chunks)
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
