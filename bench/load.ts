import { connect } from 'node:net'

/** One request, ready to be written to a socket. */
export type MakeRequest = (sequence: number) => {
  path: string
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
}

export interface LoadResult {
  requests: number
  failures: number
  seconds: number
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

const preparedPerSecond = 10_000

/**
 * Keeps `connections` sockets busy for `seconds`, one request at a time on each. Written on bare sockets, since a full
 * HTTP client would take more of the two processors than the server it measures.
 */
export async function load(
  address: string,
  connections: number,
  seconds: number,
  make: MakeRequest,
): Promise<LoadResult> {
  const { hostname, port } = new URL(address)
  const latencies: number[] = []
  let failures = 0
  let sequence = 0
  // Written before the clock starts: the two processors belong to the server then. What exceeds them is made on the way.
  const prepared = Array.from({ length: preparedPerSecond * seconds }, (_, index) => encode(make(index)))
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(Array.from({ length: connections }, () => drive()))
  const elapsed = (performance.now() - start) / 1000
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return {
    requests: latencies.length,
    failures,
    seconds: elapsed,
    perSecond: latencies.length / elapsed,
    p50: at(0.5),
    p99: at(0.99),
  }

  function encode({ path, method, headers = {}, body = '' }: ReturnType<MakeRequest>): Buffer {
    const head = { host: `${hostname}:${port}`, 'content-length': String(Buffer.byteLength(body)), ...headers }
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
    return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  }

  function drive(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
      let sentAt = 0
      let received = Buffer.alloc(0)
      const send = () => {
        if (performance.now() >= end) {
          socket.end()
          resolve()
          return
        }
        const index = sequence++
        const request = prepared[index] ?? encode(make(index))
        sentAt = performance.now()
        socket.write(request)
      }
      socket.setNoDelay(true)
      socket.once('connect', send)
      socket.once('error', reject)
      socket.on('data', (chunk) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
        const size = responseSize(received)
        if (size === undefined || received.length < size) {
          return
        }
        latencies.push(performance.now() - sentAt)
        if (received[9] !== 0x32) {
          // the first digit of the status is not 2
          failures += 1
        }
        received = received.subarray(size)
        send()
      })
    })
  }
}

/** Bytes of the response at the start of `buffer`, head and body; undefined while the head is not complete. */
function responseSize(buffer: Buffer): number | undefined {
  const headEnd = buffer.indexOf('\r\n\r\n')
  if (headEnd === -1) {
    return undefined
  }
  const length = /content-length: (\d+)/i.exec(buffer.toString('latin1', 0, headEnd))?.[1]
  return headEnd + 4 + Number(length ?? 0)
}
