import { lookup } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'

import ipaddr from 'ipaddr.js'

/** Calls addresses that users typed in. Private ones are refused when the connection is made, whatever a name resolved to before. */
export interface Outbound extends Disposable {
  /** Why an address cannot be called at all; undefined when it can. A name is looked at only when it is called. */
  problemWith: (url: string) => string | undefined
  /** Looks up a name for a connection of another kind than HTTP, and checks it. Rejects for a private one, and for one without TLS that is not allowed by itself. */
  addressOf: (host: string, options: { isPlain: boolean }) => Promise<string>
  /** Posts and reads the beginning of the answer. Rejects when there is none; follows no redirect. */
  post: (url: string, body: Buffer, headers: Record<string, string>) => Promise<Answer>
  /** The same by any method, reading up to `longest` bytes of the answer. */
  call: (method: string, url: string, body: Buffer, headers: Record<string, string>, longest: number) => Promise<Answer>
}

export interface Answer {
  status: number
  text: string
  /** Names in lower case; of several of one name the last. */
  headers: Record<string, string>
}

const timeoutMs = 10_000
const longestAnswer = 1_024

/** `allowed` are the ranges of private addresses that may be called, and the only ones that may be without TLS. */
export function createOutbound(allowed: readonly string[]): Outbound {
  const ranges = allowed.map((range) => ipaddr.parseCIDR(range))
  const guardedLookup = guard(ranges)
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) }

  function problemWith(text: string): string | undefined {
    const url = URL.parse(text)
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      return 'must be an address that begins with https://'
    }
    if (url.username !== '' || url.password !== '') {
      return 'must not hold a user name or password; send a header instead'
    }
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (url.protocol === 'http:' && !(ipaddr.isValid(host) && isListed(host, ranges))) {
      return 'must begin with https://'
    }
    return ipaddr.isValid(host) && !isCallable(host, ranges) ? refusal(host) : undefined
  }

  function call(
    method: string,
    text: string,
    body: Buffer,
    headers: Record<string, string>,
    longest: number,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const problem = problemWith(text)
      if (problem !== undefined) {
        reject(new Error(`The address ${problem}.`))
        return
      }
      const url = new URL(text)
      const secure = url.protocol === 'https:'
      const call = (secure ? httpsRequest : httpRequest)(
        url,
        {
          method,
          agent: secure ? agents['https:'] : agents['http:'],
          lookup: guardedLookup,
          headers: { ...headers, 'content-length': body.length },
        },
        (response) => {
          const chunks: Buffer[] = []
          let size = 0
          response.on('data', (chunk: Buffer) => {
            if (size < longest) {
              chunks.push(chunk)
            }
            size += chunk.length
          })
          response.on('error', reject)
          response.on('end', () => {
            const answer = Buffer.concat(chunks).toString('utf8', 0, longest)
            const named = Object.entries(response.headersDistinct).map(([name, values]) => [name, values?.at(-1) ?? ''])
            resolve({
              status: response.statusCode ?? 0,
              text: answer.replaceAll('\0', '').toWellFormed(),
              headers: Object.fromEntries(named) as Record<string, string>,
            })
          })
        },
      )
      const clock = setTimeout(() => call.destroy(new Error(`No answer within ${timeoutMs / 1000} s.`)), timeoutMs)
      call.on('error', reject)
      call.on('close', () => clearTimeout(clock))
      call.end(body)
    })
  }

  function addressOf(host: string, { isPlain }: { isPlain: boolean }): Promise<string> {
    return new Promise((resolve, reject) => {
      guardedLookup(host, { all: false }, (error, found) => {
        const address = typeof found === 'string' ? found : (found[0]?.address ?? '')
        if (error !== null) {
          reject(error)
        } else if (!isCallable(address, ranges)) {
          reject(new Error(`The name ${host} leads to a private address, which the desk does not call.`))
        } else if (isPlain && !isListed(address, ranges)) {
          reject(new Error('A connection without encryption would show the password to whoever listens.'))
        } else {
          resolve(address)
        }
      })
    })
  }

  return {
    problemWith,
    addressOf,
    call,
    post: (url, body, headers) => call('POST', url, body, headers, longestAnswer),
    [Symbol.dispose]: () => {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** The system's own look-up, less the addresses that may not be called: what is connected to is what was checked. */
function guard(ranges: Range[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, '', 0)
        return
      }
      const callable = found.filter(({ address }) => isCallable(address, ranges))
      const [first] = callable
      if (first === undefined) {
        callback(new Error(`The name ${hostname} leads to a private address, which the desk does not call.`), '', 0)
      } else if (options.all === true) {
        callback(null, callable)
      } else {
        callback(null, first.address, first.family)
      }
    })
  }
}

function isCallable(address: string, ranges: Range[]): boolean {
  return ipaddr.process(address).range() === 'unicast' || isListed(address, ranges)
}

function isListed(address: string, ranges: Range[]): boolean {
  const parsed = ipaddr.process(address)
  return ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits))
}

function refusal(host: string): string {
  return `must not be the private address ${host}; TELLBACK_ALLOW_PRIVATE can allow it`
}
