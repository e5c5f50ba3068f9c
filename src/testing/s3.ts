import { createHash, createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

import type { S3Settings } from '../platform/files/s3.ts'

/** A storage in miniature: objects by path, every request's signature checked as Amazon documents version 4 of it. */
export interface S3Simulator extends AsyncDisposable {
  settings: S3Settings
  objects: Map<string, Buffer>
  /** How many of the next requests get 503, as a storage in trouble answers. */
  failNext: number
}

export async function startS3Simulator(): Promise<S3Simulator> {
  const objects = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    void answer(request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const { port } = server.address() as AddressInfo
  const simulator: S3Simulator = {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket: 'attachments',
      region: 'eu-central-1',
      accessKeyId: 'AKIATEST',
      secretAccessKey: 'not/a/real+secret',
    },
    objects,
    failNext: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; body?: Buffer | string }> {
    const body = await buffer(request)
    if (simulator.failNext > 0) {
      simulator.failNext -= 1
      return { status: 503, body: '<Error><Code>SlowDown</Code></Error>' }
    }
    if (!isSigned(request, body, simulator.settings)) {
      return { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' }
    }
    const path = request.url ?? '/'
    const kept = objects.get(path)
    switch (request.method) {
      case 'PUT':
        objects.set(path, body)
        return { status: 200 }
      case 'GET':
        return kept === undefined
          ? { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
          : { status: 200, body: kept }
      case 'DELETE':
        objects.delete(path)
        return { status: 204 }
      default:
        return { status: 405 }
    }
  }
  return simulator
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')

/** docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, for paths of plain characters and no query. */
function isSigned(request: IncomingMessage, body: Buffer, settings: S3Settings): boolean {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=(?<credential>[^,]+), ?SignedHeaders=(?<names>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    )?.groups
  const time = String(request.headers['x-amz-date'])
  const digest = String(request.headers['x-amz-content-sha256'])
  const scope = `${time.slice(0, 8)}/${settings.region}/s3/aws4_request`
  if (parts === undefined || parts['credential'] !== `${settings.accessKeyId}/${scope}`) {
    return false
  }
  if (digest !== 'UNSIGNED-PAYLOAD' && digest !== sha256(body)) {
    return false
  }
  const names = (parts['names'] ?? '').split(';')
  const canonical = [
    request.method,
    request.url,
    '',
    ...names.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    names.join(';'),
    digest,
  ].join('\n')
  const key = ['s3', 'aws4_request'].reduce(
    (secret, part) => hmac(secret, part),
    hmac(hmac(`AWS4${settings.secretAccessKey}`, time.slice(0, 8)), settings.region),
  )
  const expected = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex')
  return expected === parts['signature']
}
