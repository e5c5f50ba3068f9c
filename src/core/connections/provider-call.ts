import type { Outbound } from '../../platform/http/outbound.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { Integration, ProviderAddress, ProviderAnswer, ProviderCall } from '../../sdk/index.ts'

/** Where the providers' hosts are: as their integrations say, or simulated. */
export type AddressOf = (integration: Integration<unknown>, host: string) => string

export interface CallServices {
  outbound: Outbound
  addressOf: AddressOf
}

const longestAnswer = 4 * 1024 * 1024
const usualWaitSeconds = 60 // where a provider says "later" and not when

/** Makes one call. Resolves for 2xx, and rejects with `ProviderError` for everything else. */
export async function callProvider(
  { outbound, addressOf }: CallServices,
  integration: Integration<unknown>,
  call: ProviderCall,
  authorization: string | undefined,
): Promise<ProviderAnswer> {
  const url = new URL(addressOf(integration, call.host) + call.path)
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) {
      url.searchParams.set(name, String(value))
    }
  }
  const { contentType, body } = bodyOf(call)
  const headers = {
    accept: 'application/json',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(authorization === undefined ? {} : { authorization }),
    ...call.headers,
  }
  const isRead = call.method === 'GET'
  let answer
  try {
    answer = await outbound.call(call.method, url.href, body, headers, longestAnswer)
  } catch (error) {
    const reason = `${integration.name} did not answer: ${(error as Error).message}`
    throw new ProviderError('retry-later', reason, { isUncertain: !isRead && !wasNeverSent(error) })
  }
  const parsed = parse(answer.text)
  if (answer.status >= 200 && answer.status < 300) {
    return { status: answer.status, body: parsed, headers: answer.headers }
  }
  throw failureOf(integration, { status: answer.status, body: parsed, headers: answer.headers, isRead })
}

export async function postForm(
  services: CallServices,
  integration: Integration<unknown>,
  address: ProviderAddress,
  form: Record<string, string>,
  client: { id: string; secret: string },
): Promise<ProviderAnswer> {
  const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64')
  return callProvider(services, integration, { method: 'POST', ...address, form }, `Basic ${basic}`)
}

function bodyOf({ json, form }: ProviderCall): { contentType: string | undefined; body: Buffer } {
  if (json !== undefined) {
    return { contentType: 'application/json', body: Buffer.from(JSON.stringify(json)) }
  }
  return form === undefined
    ? { contentType: undefined, body: Buffer.alloc(0) }
    : {
        contentType: 'application/x-www-form-urlencoded',
        body: Buffer.from(new URLSearchParams(form).toString()),
      }
}

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

function wasNeverSent(error: unknown): boolean {
  return neverConnected.has((error as NodeJS.ErrnoException).code ?? '')
}

function parse(text: string): unknown {
  if (text === '') {
    return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface Refusal {
  status: number
  body: unknown
  headers: Record<string, string>
  isRead: boolean
}

function failureOf(integration: Integration<unknown>, { status, body, headers, isRead }: Refusal): ProviderError {
  const said = integration.reasonOf?.(status, body)
  const reason = `${integration.name} answered ${status}${said === undefined ? '.' : `: ${said}`}`
  if (status === 429) {
    const used = (integration.quotaOf?.(headers, new Date()) ?? []).filter((it) => it.remaining <= 0)
    const resets = used.map((it) => it.resetsAt).toSorted((a, b) => b.getTime() - a.getTime())[0]
    return new ProviderError('retry-later', reason, { status, retryAt: resets ?? retryAt(headers['retry-after']) })
  }
  if (status >= 500) {
    return new ProviderError('retry-later', reason, { status, isUncertain: !isRead })
  }
  return new ProviderError(status === 401 ? 'needs-reconnect' : 'rejected', reason, { status })
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAt(header: string | undefined): Date {
  const seconds = Number(header ?? Number.NaN)
  const date = header === undefined ? Number.NaN : Date.parse(header)
  const now = Date.now()
  return Number.isFinite(seconds)
    ? new Date(now + seconds * 1000)
    : new Date(Number.isFinite(date) && date > now ? date : now + usualWaitSeconds * 1000)
}
