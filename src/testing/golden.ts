import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { FastifyInstance } from 'fastify'
import pg from 'pg'

import { platformOperations } from './platform-operations.ts'

export const goldenSchema = new URL('../platform/db/schema.golden.sql', import.meta.url)
export const goldenTypes = new URL('../platform/db/types.generated.ts', import.meta.url)
export const goldenClient = new URL('../../client/operations.generated.ts', import.meta.url)
export const goldenOperations = new URL('../../docs/operations.md', import.meta.url)
export const goldenOpenApi = new URL('../../docs/openapi.json', import.meta.url)

/** The schema that the migrations lead to, as a reviewer reads it: tables with columns, constraints, indexes, functions. */
export async function describeSchema(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ text: string }>(`
      select text from (
        select 1 as part, c.relname::text as name, format(E'table %s (\\n%s\\n)%s', c.relname,
            (select string_agg(format('  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
                coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')), E',\\n' order by a.attnum)
              from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
            || coalesce((select E',\\n' || string_agg(format('  constraint %s %s', k.conname, pg_get_constraintdef(k.oid)), E',\\n' order by k.contype, k.conname)
              from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n'), ''),
            coalesce((select E'\\n' || string_agg('policy ' || p.policyname || ' using ' || p.qual || ' with check ' || p.with_check, E'\\n') from pg_policies p where p.tablename = c.relname), '')) as text
          from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        union all
        select 2, i.indexname, i.indexdef from pg_indexes i where i.schemaname = 'public' and not exists (select from pg_constraint k where k.conname = i.indexname)
        union all
        select 3, p.proname, pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = 'public'::regnamespace
          and not exists (select from pg_depend e where e.objid = p.oid and e.deptype = 'e')
      ) parts order by part, name`)
    return `-- The schema that the migrations lead to. Written by npm run golden; changed by migrations alone.\n\n${rows.map((row) => row.text).join('\n\n')}\n`
  } finally {
    await client.end()
  }
}

/** The types of all tables, as kysely-codegen reads them from the database. */
export async function generateTypes(connectionString: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tellback-types-'))
  const file = join(folder, 'types.ts')
  const program = fileURLToPath(new URL('../../node_modules/kysely-codegen/dist/cli/bin.js', import.meta.url))
  try {
    await promisify(execFile)(process.execPath, [
      program,
      '--dialect',
      'postgres',
      '--include-pattern',
      'public.*',
      '--out-file',
      file,
      '--url',
      connectionString,
    ])
    return await readFile(file, 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The API description of a running server. */
export async function describeApi(app: FastifyInstance): Promise<string> {
  const reply = await app.inject('/docs/json')
  return `${JSON.stringify(reply.json(), null, 2)}\n`
}

// Answered before the framework sees it: core/intake/form-hook-listener.ts.
const rawRoutes = [{ method: 'POST', url: '/v1/hooks/form/:org/:hash' }]

const anyName = (path: string) => path.replaceAll(/:[A-Za-z]+|\{[A-Za-z]+\}/g, '{}')

/** Which of the platform's operations are here, read from the routes, and why the others are not. */
export function describeOperations(app: FastifyInstance): string {
  const routes = [...app.routeList, ...rawRoutes]
  const here = new Set(routes.map(({ method, url }) => `${method} ${anyName(url)}`))
  const rows = platformOperations.map(({ method, path, reason }) => {
    const isHere = here.has(`${method} ${anyName(path)}`)
    return {
      line: `| ${method} | \`${path}\` | ${isHere ? 'yes' : 'no'} | ${isHere ? '' : (reason ?? '')} |`,
      isHere,
      reason,
      name: `${method} ${path}`,
    }
  })
  const silent = rows.filter((row) => !row.isHere && row.reason === undefined)
  if (silent.length > 0) {
    throw new Error(`Neither here nor explained: ${silent.map((row) => row.name).join(', ')}`)
  }
  const count = rows.filter((row) => row.isHere).length
  return `# The platform's operations

Written by \`npm run golden\` from the routes. ${count} of ${rows.length} are here; [the API reference](openapi.json) has those that Tellback adds.

| Method | Path | Here | Why not |
| --- | --- | --- | --- |
${rows.map((row) => row.line).join('\n')}
`
}
