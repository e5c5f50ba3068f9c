import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Rows per second that pgbench inserts one by one into `deliveries`, the row being the one the desk writes. */
export async function insertsPerSecond(
  connectionString: string,
  folder: string,
  row: { orgId: string; hookId: string; body: string },
  connections: number,
  seconds: number,
): Promise<number> {
  const script = join(folder, 'insert.sql')
  const body = row.body.replaceAll("'", "''")
  // Ids as random as dedupe keys; everything else is constant. pgbench reads a colon before a word as a variable, so the body travels as hex.
  await writeFile(
    script,
    `insert into deliveries (org_id, id, hook_id, dedupe_key, status, trust, content_type, headers, body) values ('${row.orgId}', substr(md5(random()::text), 1, 24), '${row.hookId}', md5(random()::text), 'applied', 'secret', 'application/json', '{}', '\\x${Buffer.from(body).toString('hex')}');\n`,
  )
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
