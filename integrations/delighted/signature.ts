import { createHmac, timingSafeEqual } from 'node:crypto'

import type { RawRequest } from '#sdk'

export const signatureHeader = 'x-delighted-webhook-signature'

const scheme = /^sha256=([0-9a-f]{64})$/i

/** HMAC-SHA256 of the raw body with the project's API key (kiteco/kiteco-public: account/delighted.go). */
export function sign(body: string | Buffer, apiKey: string): string {
  return `sha256=${createHmac('sha256', apiKey).update(body).digest('hex')}`
}

/** Compares decoded bytes, so the case of the hexadecimal digits does not matter. */
export function isSigned(request: RawRequest, apiKey: string): boolean {
  const given = scheme.exec(request.headers[signatureHeader] ?? '')?.[1]
  const expected = createHmac('sha256', apiKey).update(request.body).digest()
  return given !== undefined && timingSafeEqual(Buffer.from(given, 'hex'), expected)
}
