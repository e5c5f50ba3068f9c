import { createHmac, timingSafeEqual } from 'node:crypto'

/** A right to one path until a time, for whoever holds it. */
export interface Grant {
  /** Seconds since 1970. */
  expires: number
  signature: string
}

/** Grants `purpose` on a path for so many seconds. */
export function grant(key: Buffer, purpose: string, path: string, seconds: number, now: Date): Grant {
  const expires = Math.floor(now.getTime() / 1000) + seconds
  return { expires, signature: sign(key, purpose, path, expires) }
}

export function isGranted(
  key: Buffer,
  purpose: string,
  path: string,
  given: { [Part in keyof Grant]?: Grant[Part] | undefined },
  now: Date,
): boolean {
  const { expires, signature } = given
  if (expires === undefined || signature === undefined || !(expires * 1000 > now.getTime())) {
    return false
  }
  const [expected, actual] = [Buffer.from(sign(key, purpose, path, expires)), Buffer.from(signature)]
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function sign(key: Buffer, purpose: string, path: string, expires: number): string {
  return createHmac('sha256', key).update(`${purpose}\n${path}\n${expires}`).digest('hex')
}
