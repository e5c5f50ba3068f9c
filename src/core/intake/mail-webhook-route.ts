import type { FastifyInstance } from 'fastify'

import { ApiError } from '../../platform/http/errors.ts'
import type { Log } from '../../platform/log.ts'
import { mailLimits } from '../../platform/mail/mail-limits.ts'
import { UntrustedMail, UnusableMail } from '../../platform/mail/providers/mail-provider.ts'
import type { MailProvider } from '../../platform/mail/providers/mail-provider.ts'
import type { SmtpListenerOptions } from '../../platform/mail/smtp-listener.ts'
import { plainHeaders } from './form-hook-listener.ts'
import { takeRawBodies } from './raw-bodies.ts'

interface MailWebhookServices extends Pick<SmtpListenerOptions, 'isKnown' | 'take'> {
  /** By the last part of the address that each posts to. */
  providers: Readonly<Record<string, MailProvider>>
  log: Log
}

const largestBody = mailLimits.bytes * 1.5 // in base64, and with what stands around it

/**
 * Where providers of mail post what they took for us. A mail is acknowledged once it is durable; what can never be used is answered so
 * that the provider stops, and what it says goes to the log.
 */
export function mailWebhookRoute({ providers, isKnown, take, log }: MailWebhookServices) {
  return (app: FastifyInstance): void => {
    void app.register((scope, _options, done) => {
      takeRawBodies(scope, largestBody)
      const options = { bodyLimit: largestBody, schema: { hide: true }, helmet: false as const }
      // The second part is what one provider wants addresses to end in.
      for (const path of ['/v1/mail/:provider', '/v1/mail/:provider/mime']) {
        scope.post(path, options, async (request, reply) => {
          const { provider: name } = request.params as { provider: string }
          const provider = Object.hasOwn(providers, name) ? providers[name] : undefined
          if (provider === undefined) {
            throw new ApiError('notfound', 'Nobody posts mail here; the settings name no such provider.')
          }
          const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
          try {
            const mail = await provider.read({ headers: plainHeaders(request.raw), body })
            const known = await Promise.all((mail?.recipients ?? []).map((recipient) => isKnown(recipient)))
            if (known.includes('full')) {
              throw new ApiError('too_many_requests', 'Too many mails for this address; come again later.')
            }
            const recipients = (mail?.recipients ?? []).filter((_, index) => known[index] === true)
            if (mail === undefined) {
              return await reply.send({ data: { taken: 0 } })
            }
            if (recipients.length === 0) {
              return await reply.code(provider.stop).send({ data: { taken: 0 } })
            }
            await take({ ...mail, recipients })
            return await reply.send({ data: { taken: recipients.length } })
          } catch (error) {
            if (error instanceof UntrustedMail) {
              throw new ApiError('unauthorized', error.message)
            }
            if (error instanceof UnusableMail) {
              log.warn({ provider: name, reason: error.message }, 'a mail that a provider posted cannot be used')
              return reply.code(provider.stop).send({ data: { taken: 0 } })
            }
            throw error
          }
        })
      }
      done()
    })
  }
}
