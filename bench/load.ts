import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What to ask for; `load.lua` fills the marks in paths and body: `{n}`, `{n%M}`, `{n:W}`. */
export interface RequestTemplate {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  /** Taken in turn. */
  paths: string[]
  body: string
  /** The first number. */
  first: number
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

const script = fileURLToPath(new URL('load.lua', import.meta.url))

/**
 * Keeps `connections` sockets busy for `seconds`, one request at a time on each, with wrk: like pgbench, it leaves the
 * processors to what is measured.
 */
export async function load(
  address: string,
  folder: string,
  connections: number,
  seconds: number,
  template: RequestTemplate,
): Promise<LoadResult> {
  const file = join(folder, 'requests.txt')
  const headers = Object.entries(template.headers).map(([name, value]) => `${name}: ${value}`)
  await writeFile(
    file,
    [template.method, template.first, ...headers, '', ...template.paths, '', template.body].join('\n'),
  )
  const args = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s', '-s', script, address]
  const { stdout } = await promisify(execFile)('wrk', [...args, '--', file]).catch((error: unknown) => {
    throw new Error('wrk did not run. Debian has it in the package wrk.', { cause: error })
  })
  const result = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? 'null') as Omit<LoadResult, 'perSecond'> | null
  if (result === null) {
    throw new Error(`wrk said something unexpected: ${stdout}`)
  }
  return { ...result, perSecond: result.requests / result.seconds }
}
