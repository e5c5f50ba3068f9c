import type { IncomingMessage, ServerResponse } from 'node:http'

import { ApiError, toErrorDocument } from '../../platform/http/errors.ts'
import type { RawListener } from '../../platform/http/server.ts'
import type { Log } from '../../platform/log.ts'
import type { Intake } from './accept.ts'
import { largestBody, transactionReply } from './hook-reply.ts'

const address = /^\/v1\/hooks\/form\/(?:([^/?]+)\/)?([^/?]+)\/?(?:\?.*)?$/

/**
 * Where providers post to; the address alone opens it. It stands before the framework: routing, hooks and reply pipeline
 * cost as much as all that a delivery needs.
 */
export function formHookListener(deps: { intake: Intake; log: Log }): RawListener {
  return (request, response) => {
    const { method = '' } = request
    const match = method === 'POST' || method === 'HEAD' ? address.exec(request.url ?? '') : null
    const hash = match?.[2]
    if (match === null || hash === undefined) {
      return false
    }
    if (method === 'HEAD') {
      // Some providers look whether somebody is there before they take an address; which addresses there are is not told.
      response.writeHead(200)
      response.end()
      return true
    }
    void take(deps, request, response, { org: match[1], hash })
    return true
  }
}

async function take(
  { intake, log }: { intake: Intake; log: Log },
  request: IncomingMessage,
  response: ServerResponse,
  { org, hash }: { org: string | undefined; hash: string },
): Promise<void> {
  try {
    if (org !== undefined && !hash.startsWith(org)) {
      throw new ApiError('notfound', 'Hook not found', { parameter: 'hash' })
    }
    const body = await readBody(request)
    const accepted = await intake.receive('form', hash, { headers: plainHeaders(request), body })
    reply(response, 200, transactionReply(accepted))
  } catch (error) {
    const { status, body, unexpected } = toErrorDocument(error)
    if (unexpected) {
      log.error({ err: error }, 'form hook failed')
    }
    if (!request.complete) {
      response.setHeader('connection', 'close') // the rest of the body is not read
    }
    reply(response, status, JSON.stringify(body))
  }
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > largestBody) {
        request.removeAllListeners('data').pause()
        reject(new ApiError('payload_too_large', 'The body is larger than this address takes.'))
        return
      }
      chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', reject) // also when the sender goes away before the end
  })
}

/** Header names with one text each, as signatures and integrations read them. */
export function plainHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) {
      headers[name] = typeof value === 'string' ? value : value.join(', ')
    }
  }
  return headers
}
