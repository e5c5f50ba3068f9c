import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Rows per second that pgbench inserts one by one into `deliveries`: the row that the desk writes, with the
 * same headers and body, sent as the parameters of a prepared statement as any program would. Ids and dedupe keys are random.
 */
export async function insertsPerSecond(
  connectionString: string,
  folder: string,
  row: { orgId: string; hookId: string; installationId: string; headers: string; body: string },
  connections: number,
  seconds: number,
): Promise<number> {
  const script = join(folder, 'insert.sql')
  await writeFile(
    script,
    `insert into deliveries (org_id, id, hook_id, installation_id, dedupe_key, status, trust, content_type, headers, body)
     values (:org, substr(md5(random()::text), 1, 24), :hook, :installation, 'event:' || md5(random()::text) || md5(random()::text), 'waiting', 'secret', 'application/json', :headers, :body);\n`,
  )
  const variables = {
    org: row.orgId,
    hook: row.hookId,
    installation: row.installationId,
    headers: row.headers,
    body: `\\x${Buffer.from(row.body).toString('hex')}`,
  }
  const url = new URL(connectionString)
  const result = spawnSync(
    'pgbench',
    [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(connections),
      '-j',
      '2',
      '-T',
      String(seconds),
      '-f',
      script,
      ...Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
      '-h',
      decodeURIComponent(url.hostname),
      '-p',
      url.port,
      '-U',
      url.username,
      url.pathname.slice(1),
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, PGPASSWORD: url.password },
    },
  )
  if (result.error !== undefined || result.status !== 0) {
    throw new Error(
      `pgbench did not run: ${result.error?.message ?? result.stderr}. Debian has it in the package postgresql-contrib.`,
    )
  }
  const perSecond = Number(/tps = ([\d.]+)/.exec(result.stdout)?.[1])
  if (Number.isNaN(perSecond)) {
    throw new Error(`pgbench said something unexpected: ${result.stdout}`)
  }
  return perSecond
}
