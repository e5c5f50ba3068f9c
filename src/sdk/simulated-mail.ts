export interface SimulatedMail {
  from: string
  replyTo?: string | undefined
  to?: string
  subject: string
  at: Date
  /** Without angle brackets, as all ids here. */
  messageId: string
  inReplyTo?: string | undefined
  /** One of the two; with both, the HTML is the text's other form. */
  text?: string | undefined
  html?: string | undefined
  files?: { name: string; type: string; content: Buffer }[]
  headers?: Record<string, string>
}

const boundary = 'simulated-part'

/** A mail as it travels between servers, for simulators: the same input gives the same bytes. */
export function simulatedMail(mail: SimulatedMail): string {
  const { replyTo, inReplyTo, files = [] } = mail
  const header = [
    `From: ${mail.from}`,
    `To: ${mail.to ?? 'desk@in.example.com'}`,
    ...(replyTo === undefined ? [] : [`Reply-To: ${replyTo}`]),
    `Subject: ${headerText(mail.subject)}`,
    `Date: ${mail.at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${mail.messageId}>`,
    ...(inReplyTo === undefined ? [] : [`In-Reply-To: <${inReplyTo}>`, `References: <${inReplyTo}>`]),
    ...Object.entries(mail.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
  ]
  const texts = [
    ...(mail.text === undefined ? [] : [part('text/plain; charset=utf-8', Buffer.from(mail.text))]),
    ...(mail.html === undefined ? [] : [part('text/html; charset=utf-8', Buffer.from(mail.html))]),
  ]
  const attached = files.map(({ name, type, content }) =>
    part(type, content, [`Content-Disposition: attachment; filename="${name.replaceAll('"', '')}"`]),
  )
  const body = texts.length === 2 ? [joined('alternative', texts)] : texts
  const whole =
    attached.length === 0 ? (body[0] ?? part('text/plain', Buffer.alloc(0))) : joined('mixed', [...body, ...attached])
  return [...header, whole].join('\r\n')
}

/** A text in a header, as an encoded word where it is more than ASCII. */
export function headerText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
}

/** `Name <address>` with the name so written that any name may stand there. */
export function mailboxOf(name: string, address: string): string {
  return `${/^[\x20-\x7e]*$/.test(name) ? `"${name.replaceAll(/["\\]/g, '')}"` : headerText(name)} <${address}>`
}

function part(type: string, content: Buffer, more: string[] = []): string {
  const lines = content.toString('base64').match(/.{1,76}/g) ?? []
  return [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', ...more, '', ...lines, ''].join('\r\n')
}

function joined(kind: 'mixed' | 'alternative', parts: string[]): string {
  const limit = `${boundary}-${kind}`
  return [
    `Content-Type: multipart/${kind}; boundary="${limit}"`,
    '',
    ...parts.map((it) => `--${limit}\r\n${it}`),
    `--${limit}--`,
    '',
  ].join('\r\n')
}
