import { betterAuth } from 'better-auth'
import { magicLink } from 'better-auth/plugins'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { findMember, findUser, hasAccount } from './store.ts'

const linkLifetimeSeconds = 24 * 60 * 60
const sessionLifetimeSeconds = 30 * 24 * 60 * 60
// Requests within this time skip the session look-up; a revoked session lives that much longer.
const sessionCacheSeconds = 60

export interface SignIn {
  /** A link that signs its holder in once, within a day. The account must exist. */
  createLink: (email: string) => Promise<string>
  /** Who the request's session cookie belongs to; undefined without a valid one. */
  actorOf: (request: FastifyRequest) => Promise<Actor | undefined>
  /** Mounts the sign-in routes at /auth. */
  routes: (app: FastifyInstance) => void
  /** Gives the signed-in account its first password, or, with the one it has, another. */
  setPassword: (request: FastifyRequest, password: string, current: string | undefined) => Promise<void>
}

/** What the library refuses, in the API's words. */
function readableRefusal(error: unknown): unknown {
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown }
  if (statusCode === 401) {
    return new ApiError('forbidden', 'Only somebody who is signed in at the page has a password.')
  }
  return typeof statusCode === 'number' && statusCode < 500
    ? new ApiError('unprocessable', `The password was not set: ${String(message)}`, { pointer: '/password' })
    : error
}

export interface SignInOptions {
  database: Database
  /** The address people open, without a slash at the end. */
  publicUrl: () => string
  secret: string
  log: Log
}

/** Sign-in by Better Auth: password, or a one-time link that the server's operator hands out. */
export function createSignIn({ database, publicUrl, secret, log }: SignInOptions): SignIn {
  const links = new Map<string, string>()
  // Made when first used: the address is known only once the server listens.
  const auth = once(() =>
    betterAuth({
      baseURL: publicUrl(),
      basePath: '/auth',
      secret,
      database: database.pool,
      telemetry: { enabled: false },
      // A desk on a private network is opened by several names; a page served under the very host it posts to is ours.
      trustedOrigins: (request) => [publicUrl(), ...ownOrigins(request?.headers.get('host') ?? undefined)],
      user: { modelName: 'auth_user' },
      session: {
        modelName: 'auth_session',
        expiresIn: sessionLifetimeSeconds,
        cookieCache: { enabled: true, maxAge: sessionCacheSeconds },
      },
      account: { modelName: 'auth_account' },
      verification: { modelName: 'auth_verification' },
      emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
      plugins: [
        magicLink({
          disableSignUp: true,
          expiresIn: linkLifetimeSeconds,
          storeToken: 'hashed',
          sendMagicLink: ({ email, token }) => {
            links.set(email, token)
          },
        }),
      ],
      // Link scanners open every address they see, so a link is redeemed by the POST below alone.
      disabledPaths: ['/magic-link/verify', '/sign-in/magic-link'],
      advanced: {
        cookiePrefix: 'tellback',
        useSecureCookies: publicUrl().startsWith('https:'),
        database: { generateId: () => newId() },
      },
      logger: {
        log: (level, message) => (level === 'error' ? log.error({ auth: message }, 'sign-in failed') : undefined),
      },
    }),
  )

  const LinkBody = z.strictObject({ token: z.string().min(1).max(200) })

  return {
    createLink: async (email) => {
      if (!(await hasAccount(database, email))) {
        throw new Error(`no account has the address ${email}`)
      }
      await auth().api.signInMagicLink({ body: { email }, headers: new Headers() })
      const token = links.get(email)
      links.delete(email)
      if (token === undefined) {
        throw new Error('the sign-in library made no link')
      }
      // Behind the # it reaches neither a server's log nor a scanner.
      return `${publicUrl()}/sign-in#${token}`
    },
    actorOf: async (request) => {
      if (request.headers.cookie === undefined) {
        return undefined
      }
      const session = await auth().api.getSession({ headers: headersOf(request) })
      if (session === null) {
        return undefined
      }
      refuseForeignOrigin(request, publicUrl())
      const member = await findMember(database, session.user.id)
      const user =
        member === undefined
          ? undefined
          : await database.forOrg(member.orgId).read((reader) => findUser(reader, member.userId))
      if (member === undefined || user === undefined || user.deleted_at !== null) {
        return undefined
      }
      return { orgId: member.orgId, userId: user.id, userType: 'user', roles: user.roles }
    },
    setPassword: async (request, newPassword, currentPassword) => {
      const headers = headersOf(request)
      try {
        await (currentPassword === undefined
          ? auth().api.setPassword({ body: { newPassword }, headers })
          : auth().api.changePassword({ body: { newPassword, currentPassword, revokeOtherSessions: true }, headers }))
      } catch (error) {
        throw readableRefusal(error)
      }
    },
    routes: (app) => {
      app.post('/auth/link', { schema: { hide: true, body: LinkBody } }, async (request, reply) => {
        const { token } = request.body as z.infer<typeof LinkBody>
        const response = await auth().api.magicLinkVerify({
          query: { token, callbackURL: '/' },
          headers: headersOf(request),
          asResponse: true,
        })
        const failed = response.headers.get('location')?.includes('error=') === true || response.status >= 400
        if (failed) {
          throw new ApiError(
            'unauthorized',
            'This sign-in link has been used or is too old. Ask for a new one: npx tellback sign-in-link --email you@example.com',
          )
        }
        return passOn(new Response(JSON.stringify({ signedIn: true }), { headers: cookiesOf(response) }), reply)
      })
      app.route({
        method: ['GET', 'POST'],
        url: '/auth/*',
        schema: { hide: true },
        handler: async (request, reply) => {
          const body = request.method === 'GET' ? null : JSON.stringify(request.body ?? {})
          return passOn(
            await auth().handler(
              new Request(publicUrl() + request.url, { method: request.method, headers: headersOf(request), body }),
            ),
            reply,
          )
        },
      })
    },
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** A session rides on a cookie, which a foreign page's request carries too; its writes are refused. */
function refuseForeignOrigin(request: FastifyRequest, publicUrl: string): void {
  const reading = request.method === 'GET' || request.method === 'HEAD'
  const site = request.headers['sec-fetch-site']
  const origin = request.headers.origin
  const ours = [publicUrl, ...ownOrigins(request.headers.host)]
  const own = site === 'same-origin' || (site === undefined && (origin === undefined || ours.includes(origin)))
  if (!reading && !own) {
    throw new ApiError('forbidden', `This write comes from another page than ${publicUrl}.`)
  }
}

function ownOrigins(host: string | undefined): string[] {
  return host === undefined ? [] : [`http://${host}`, `https://${host}`]
}

function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== 'content-length') {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value)
    }
  }
  return headers
}

function cookiesOf(response: Response): Headers {
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const cookie of response.headers.getSetCookie()) {
    headers.append('set-cookie', cookie)
  }
  return headers
}

async function passOn(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') {
      reply.header(name, value)
    }
  }
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) {
    reply.header('set-cookie', cookies)
  }
  return reply
    .status(response.status)
    .serializer((text: string) => text)
    .send(await response.text())
}
