import { authenticate } from 'mailauth'

import type { DnsResolver } from './dns-cache.ts'

export type AuthResult = 'pass' | 'fail' | 'none' | 'error'

/** What a mail's own domain says of it, looked up in DNS. */
export interface MailVerdict {
  spf: AuthResult
  dkim: AuthResult
  dmarc: AuthResult
  /** Domains whose signature is right. */
  signedBy: string[]
}

const patienceMs = 8_000

/** Checks SPF, DKIM and DMARC of a mail as it came. Never rejects: what cannot be looked up is an `error`. */
export async function authenticateMail(
  raw: Buffer,
  connection: { ip: string; helo: string; sender: string },
  resolver: DnsResolver,
): Promise<MailVerdict> {
  const unknown: MailVerdict = { spf: 'error', dkim: 'error', dmarc: 'error', signedBy: [] }
  // Who brought it is not always known; then its signatures alone can speak for it.
  const { ip, ...rest } = connection
  const checked = authenticate(raw, {
    ...rest,
    ...(ip === '' ? {} : { ip }),
    mta: 'tellback',
    disableArc: true,
    disableBimi: true,
    resolver,
  }).then(({ spf, dkim, dmarc }) => {
    const signatures = dkim.results ?? []
    const signedBy = signatures.filter((it) => it.status.result === 'pass').flatMap((it) => it.signingDomain ?? [])
    return {
      spf: resultOf(spf === false ? undefined : spf?.status.result),
      dkim: signedBy.length > 0 ? 'pass' : resultOf(signatures[0]?.status.result),
      dmarc: resultOf(dmarc === false ? undefined : dmarc?.status.result),
      signedBy,
    } satisfies MailVerdict
  })
  return Promise.race([
    checked.catch(() => unknown),
    new Promise<MailVerdict>((resolve) => setTimeout(() => resolve(unknown), patienceMs).unref()),
  ])
}

function resultOf(result: string | undefined): AuthResult {
  switch (result) {
    case 'pass':
      return 'pass'
    case undefined:
    case 'none':
    case 'neutral':
      return 'none'
    case 'temperror':
    case 'permerror':
      return 'error'
    default:
      return 'fail'
  }
}
