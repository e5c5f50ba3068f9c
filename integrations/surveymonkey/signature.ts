import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

import type { RawRequest } from '#sdk'

export const signatureHeader = 'sm-signature'

/** base64 of HMAC-SHA1 of the raw body with `<client id>&<client secret>` (facts A4.2). */
export function sign(body: string | Buffer, clientId: string, clientSecret: string): string {
  return createHmac('sha1', `${clientId}&${clientSecret}`).update(body).digest('base64')
}

export function isSigned(request: RawRequest, clientId: string, clientSecret: string): boolean {
  const given = Buffer.from(request.headers[signatureHeader] ?? '', 'base64')
  const expected = Buffer.from(sign(request.body, clientId, clientSecret), 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** What SurveyMonkey sends back with every call, as we told it when we gave it our address (facts A4.1). */
export function authorizationFor(accessToken: string): string {
  return `Bearer ${createHash('sha256').update(`tellback/${accessToken}`).digest('hex')}`
}

export function isOurs(request: RawRequest, accessToken: string): boolean {
  const given = Buffer.from(request.headers['authorization'] ?? '')
  const expected = Buffer.from(authorizationFor(accessToken))
  return given.length === expected.length && timingSafeEqual(given, expected)
}
