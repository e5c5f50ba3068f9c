import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { z } from 'zod'

import type { S3Settings } from './platform/files/s3.ts'
import type { MailProviderKeys } from './platform/mail/providers/providers.ts'

const requestsPerMinute = z.coerce
  .number({ error: 'must be a number of requests a minute' })
  .int('must be a whole number')
  .min(1, 'must be 1 or more')

const mailDomain = z
  .string()
  .regex(/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*$/i, 'must be a domain whose mail comes here, like in.example.com')
  .toLowerCase()

const neededForS3 = [
  'TELLBACK_S3_ENDPOINT',
  'TELLBACK_S3_BUCKET',
  'TELLBACK_S3_ACCESS_KEY_ID',
  'TELLBACK_S3_SECRET_ACCESS_KEY',
] as const

const neededForDkim = ['TELLBACK_DKIM_DOMAIN', 'TELLBACK_DKIM_SELECTOR', 'TELLBACK_DKIM_KEY'] as const

/** Everything that can be set from outside. Nothing else reads the environment. */
const Environment = z
  .object({
    PORT: z.coerce
      .number({ error: 'must be a port number' })
      .int('must be a whole number')
      .min(0, 'must be 0 to 65535')
      .max(65_535, 'must be 0 to 65535')
      .default(8080),
    HOST: z.string().min(1).default('0.0.0.0'),
    TELLBACK_DATA: z.string().min(1, 'must name a folder').default('./data'),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/database' })
      .optional(),
    TELLBACK_PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'must be the address people open, like https://desk.example.com' })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    TELLBACK_SECRET_KEY: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal characters (openssl rand -hex 32)')
      .optional(),
    TELLBACK_ALLOW_PRIVATE: z
      .string()
      .transform((text) => text.split(',').map((range) => range.trim()))
      .pipe(
        z.array(z.union([z.cidrv4(), z.cidrv6()]), { error: 'must be address ranges like 10.0.0.0/8,192.168.1.0/24' }),
      )
      .default([]),
    TELLBACK_API_LIMIT: requestsPerMinute.default(6000),
    TELLBACK_PERSON_LIMIT: requestsPerMinute.default(1000), // facts 9
    TELLBACK_S3_ENDPOINT: z
      .url({
        protocol: /^https?$/,
        error: 'must be the address of the storage, like https://s3.eu-central-1.amazonaws.com',
      })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    TELLBACK_S3_BUCKET: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
      .optional(),
    TELLBACK_S3_REGION: z.string().min(1).default('us-east-1'),
    TELLBACK_S3_ACCESS_KEY_ID: z.string().min(1).optional(),
    TELLBACK_S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
    TELLBACK_SMTP_PORT: z.coerce
      .number({ error: 'must be a port number' })
      .int('must be a whole number')
      .min(1, 'must be 1 to 65535')
      .max(65_535, 'must be 1 to 65535')
      .optional(),
    TELLBACK_MAIL_DOMAIN: mailDomain.optional(),
    TELLBACK_MAIL_LIMIT: z.coerce
      .number({ error: 'must be a number of mails an hour' })
      .int('must be a whole number')
      .min(1, 'must be 1 or more')
      .default(10_000),
    TELLBACK_MAIL_URL: z
      .url({ protocol: /^smtps?$/, error: 'must look like smtps://user:password@mail.example.com' })
      .optional(),
    TELLBACK_DKIM_DOMAIN: z
      .string()
      .regex(/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be the domain that mails are from, like example.com')
      .toLowerCase()
      .optional(),
    TELLBACK_DKIM_SELECTOR: z
      .string()
      .regex(/^[a-z0-9-]+$/i, 'must be letters and digits, like desk')
      .optional(),
    TELLBACK_DKIM_KEY: z.string().min(1).optional(),
    TELLBACK_BOUNCE_DOMAIN: mailDomain.optional(),
    TELLBACK_REPLY_DOMAIN: mailDomain.optional(),
    TELLBACK_SENDGRID_KEY: z.base64('must be the public key of the security policy, in base64').optional(),
    TELLBACK_MAILGUN_KEY: z.string().min(1).optional(),
    TELLBACK_POSTMARK_LOGIN: z
      .string()
      .regex(/^[^:]+:.+$/, 'must look like name:password')
      .optional(),
    TELLBACK_SES_TOPIC: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:/, 'must be the ARN of an SNS topic')
      .optional(),
    TELLBACK_SMTP_CERT: z.string().min(1).optional(),
    TELLBACK_SMTP_KEY: z.string().min(1).optional(),
    TELLBACK_LOG_LEVEL: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'must be debug, info, warn, error or silent' })
      .default('info'),
  })
  .superRefine((values, context) => {
    if ((values.TELLBACK_SMTP_CERT === undefined) !== (values.TELLBACK_SMTP_KEY === undefined)) {
      const missing = values.TELLBACK_SMTP_CERT === undefined ? 'TELLBACK_SMTP_CERT' : 'TELLBACK_SMTP_KEY'
      context.addIssue({ code: 'custom', path: [missing], message: 'is needed: a certificate and its key go together' })
    }
    for (const [group, needed] of Object.entries({ TELLBACK_DKIM: neededForDkim, TELLBACK_S3: neededForS3 })) {
      const missing = needed.filter((name) => values[name] === undefined)
      for (const name of missing.length < needed.length ? missing : []) {
        const message = `is needed when any other ${group} setting is set`
        context.addIssue({ code: 'custom', path: [name], message })
      }
    }
  })

export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute path of the folder that holds everything the desk keeps. */
  readonly dataFolder: string
  /** Undefined: the embedded server. */
  readonly databaseUrl: string | undefined
  /** Where people reach the desk, without a slash at the end. Undefined: the address it listens on. */
  readonly publicUrl: string | undefined
  /** 32 bytes; everything encrypted or signed depends on it. Undefined: kept in the data folder. */
  readonly secretKey: Buffer | undefined
  /** Ranges of private addresses that the desk may call. */
  readonly allowPrivate: readonly string[]
  /** How many requests a minute the API keys of one organisation may make together. */
  readonly apiLimit: number
  /** Requests a minute that the page of one person may make. */
  readonly personLimit: number
  /** The bucket that attachments are kept in. Undefined: the data folder. */
  readonly s3: S3Settings | undefined
  /** Where mail is taken. Undefined: it is not. */
  readonly smtpPort: number | undefined
  /** The domain of the addresses that mail comes to. Undefined: the host of the public address. */
  readonly mailDomain: string | undefined
  /** How many mails an hour each address takes. */
  readonly mailLimit: number
  /** The server that mails leave by. Undefined: they do not leave. */
  readonly mailUrl: string | undefined
  /** The key that mails of a domain are signed by, and the file that it is in. */
  readonly dkim: { domain: string; selector: string; keyFile: string } | undefined
  /** The domain that mails come back to. Undefined: the address that each is from. */
  readonly bounceDomain: string | undefined
  /** The domain that answers to mails go to. Undefined: the address that each is from. */
  readonly replyDomain: string | undefined
  /** How the providers of mail that post to the desk are known. */
  readonly mailProviders: MailProviderKeys
  /** Files with the certificate and the key with which mail comes encrypted. */
  readonly smtpTls: { cert: string; key: string } | undefined
  readonly logLevel: z.infer<typeof Environment>['TELLBACK_LOG_LEVEL']
}

/** Names every setting that is wrong at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Reads the settings; empty ones count as unset. Throws `ConfigError` with everything that is wrong. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`)
    throw new ConfigError(`Tellback cannot start with these settings:\n${lines.join('\n')}`)
  }
  const values = parsed.data
  return {
    port: values.PORT,
    host: values.HOST,
    dataFolder: resolve(values.TELLBACK_DATA),
    databaseUrl: values.DATABASE_URL,
    publicUrl: values.TELLBACK_PUBLIC_URL,
    secretKey: values.TELLBACK_SECRET_KEY === undefined ? undefined : Buffer.from(values.TELLBACK_SECRET_KEY, 'hex'),
    allowPrivate: values.TELLBACK_ALLOW_PRIVATE,
    apiLimit: values.TELLBACK_API_LIMIT,
    personLimit: values.TELLBACK_PERSON_LIMIT,
    s3: s3Of(values),
    smtpPort: values.TELLBACK_SMTP_PORT,
    mailDomain: values.TELLBACK_MAIL_DOMAIN,
    mailLimit: values.TELLBACK_MAIL_LIMIT,
    mailUrl: values.TELLBACK_MAIL_URL,
    dkim: dkimOf(values),
    bounceDomain: values.TELLBACK_BOUNCE_DOMAIN,
    replyDomain: values.TELLBACK_REPLY_DOMAIN,
    mailProviders: {
      sendgrid: values.TELLBACK_SENDGRID_KEY,
      mailgun: values.TELLBACK_MAILGUN_KEY,
      postmark: values.TELLBACK_POSTMARK_LOGIN,
      ses: values.TELLBACK_SES_TOPIC,
    },
    smtpTls: smtpTlsOf(values),
    logLevel: values.TELLBACK_LOG_LEVEL,
  }
}

function smtpTlsOf(values: z.infer<typeof Environment>): Config['smtpTls'] {
  const { TELLBACK_SMTP_CERT: cert, TELLBACK_SMTP_KEY: key } = values
  return cert === undefined || key === undefined ? undefined : { cert, key }
}

function dkimOf(values: z.infer<typeof Environment>): Config['dkim'] {
  const { TELLBACK_DKIM_DOMAIN: domain, TELLBACK_DKIM_SELECTOR: selector, TELLBACK_DKIM_KEY: keyFile } = values
  return domain === undefined || selector === undefined || keyFile === undefined
    ? undefined
    : { domain, selector, keyFile }
}

function s3Of(values: z.infer<typeof Environment>): S3Settings | undefined {
  const { TELLBACK_S3_ENDPOINT: endpoint, TELLBACK_S3_BUCKET: bucket } = values
  const { TELLBACK_S3_ACCESS_KEY_ID: accessKeyId, TELLBACK_S3_SECRET_ACCESS_KEY: secretAccessKey } = values
  if (endpoint === undefined || bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    return undefined
  }
  return { endpoint, bucket, region: values.TELLBACK_S3_REGION, accessKeyId, secretAccessKey }
}

/** The configured secret key, or the data folder's own, made (mode 600) when there is none yet. */
export async function loadSecretKey(config: Config): Promise<Buffer> {
  if (config.secretKey !== undefined) {
    return config.secretKey
  }
  const file = join(config.dataFolder, 'secret-key')
  await mkdir(config.dataFolder, { recursive: true })
  try {
    await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error
    }
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex')
  if (key.length !== 32) {
    throw new ConfigError(
      `${file} must hold 64 hexadecimal characters. Restore it from a backup: without it, stored secrets cannot be read.`,
    )
  }
  return key
}
