import { mailOf } from '../core/intake/mail-delivery.ts'
import { readRaw } from '../platform/mail/read-raw.ts'
import { ProviderError } from '../sdk/index.ts'
import type { Effect, Integration, Mail } from '../sdk/index.ts'

/** A mail as an integration sees it; nobody has signed it. */
export async function mailFrom(raw: string): Promise<Mail> {
  return mailOf(await readRaw(Buffer.from(raw)), { signedBy: [], dmarc: 'none' }, undefined)
}

/** Runs a mail through parse and handle, as the pipe does. */
export async function mailEffectsOf<S>(
  integration: Integration<S>,
  name: string,
  raw: string,
  settings: S,
): Promise<Effect[]> {
  const hook = integration.mails?.[name]
  if (hook === undefined) {
    throw new Error(`${integration.id} has no mail hook "${name}"`)
  }
  const send = () => Promise.reject(new ProviderError('retry-later', 'there is no provider here'))
  const receivedAt = new Date('2026-01-02T03:04:05.000Z')
  return hook.handle(await mailFrom(raw), { settings, headers: {}, receivedAt, http: { send } })
}
