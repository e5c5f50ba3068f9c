import type { ReceivedMail } from '../smtp-listener.ts'

/** A request by which a provider of mail hands a mail on, as it came. Header names are lower-case. */
export interface MailRequest {
  headers: Readonly<Record<string, string>>
  body: Buffer
}

/** One who takes mail for others and posts it to us. */
export interface MailProvider {
  /** The mail; undefined when the request is about something else and was dealt with. Throws `UntrustedMail` or `UnusableMail`. */
  read: (request: MailRequest) => Promise<ReceivedMail | undefined>
  /** The status by which the provider stops trying: the mail is for nobody here, or cannot be used. */
  stop: number
}

/** The request is not the provider's, or says so wrongly. */
export class UntrustedMail extends Error {
  override readonly name = 'UntrustedMail'
}

/** The request is the provider's, and has no mail that can be used. */
export class UnusableMail extends Error {
  override readonly name = 'UnusableMail'
}

/** The fields of a form; of several of one name the last counts, as one provider's user variables want it (facts 3.4). */
export async function fieldsOf({ headers, body }: MailRequest): Promise<Map<string, string>> {
  const type = headers['content-type'] ?? ''
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => {
    throw new UnusableMail('The request is no form.')
  })
  const fields = new Map<string, string>()
  for (const [name, value] of form.entries()) {
    fields.set(name, typeof value === 'string' ? value : await value.text())
  }
  return fields
}

/** Documents as they come; what is no JSON is unusable. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UnusableMail('The request is no JSON.')
  }
}

/** What is not known of the connection stays empty. */
export function received(raw: string | Buffer, parts: Partial<Omit<ReceivedMail, 'raw'>>): ReceivedMail {
  return {
    sender: '',
    recipients: [],
    ip: '',
    helo: '',
    ...parts,
    raw: typeof raw === 'string' ? Buffer.from(raw) : raw,
  }
}
