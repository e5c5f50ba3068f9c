import pg from 'pg'

import { readConfig } from '../src/config.ts'
import { openForCommand } from '../src/main.ts'

const rowsPerCustomer = 100

/** Fills the database up to `rows` timeline rows, 100 a customer, and returns the ids of some of these customers. */
export async function fillTimelines(
  dataFolder: string,
  target: { orgId: string; installationId: string },
  rows: number,
): Promise<string[]> {
  await using desk = await openForCommand(readConfig({ TELLBACK_DATA: dataFolder }))
  const client = new pg.Client({ connectionString: desk.connectionString })
  await client.connect()
  try {
    const customers = rows / rowsPerCustomer
    const customerId = "'c' || lpad(to_hex(c), 23, '0')"
    const objectId = `'0' || lpad(to_hex(c * ${rowsPerCustomer} + n), 23, '0')`
    const grid = `generate_series(1, ${customers}) c, generate_series(0, ${rowsPerCustomer - 1}) n`
    await client.query(
      `insert into customers (org_id, id, name) select $1, ${customerId}, 'Customer ' || c from generate_series(1, ${customers}) c on conflict do nothing`,
      [target.orgId],
    )
    await client.query(
      `insert into kobjects (org_id, id, klass, customer_id, external_id, source, title, description, custom, version_at, created_at)
       select $1, ${objectId}, 'net-promoter-score', ${customerId}, 'bench' || (c * ${rowsPerCustomer} + n), $2, 'Rating ' || n % 11, repeat('Good product, slow delivery. ', 5),
         jsonb_build_object('scoreNum', n % 11, 'surveyTypeStr', 'nps'), now() - n * interval '1 hour', now() - n * interval '1 hour'
       from ${grid} on conflict do nothing`,
      [target.orgId, target.installationId],
    )
    await client.query(
      `insert into feedback (org_id, id, app, installation_id, delivery_id, kind, metric, score, scale_min, scale_max, sentiment, customer_id, body, trust, responded_at, version_at)
       select $1, ${objectId}, 'bench', $2, $2, 'survey', 'nps', n % 11, 0, 10, 'neutral', ${customerId}, repeat('Good product, slow delivery. ', 5), 'secret', now() - n * interval '1 hour', now()
       from ${grid} on conflict do nothing`,
      [target.orgId, target.installationId],
    )
    await client.query(
      `insert into timeline (org_id, customer_id, at, item_id, kind) select org_id, customer_id, created_at, id, 'kobject' from kobjects
       where org_id = $1 and external_id like 'bench%' on conflict do nothing`,
      [target.orgId],
    )
    await client.query('vacuum (analyze) timeline, kobjects, feedback, customers')
    // What the filling left to write would otherwise be written while pages are read.
    await client.query('checkpoint')
    const picked = await client.query<{ id: string }>(
      `select id from customers where org_id = $1 and id like 'c00%' order by md5(id) limit 1000`,
      [target.orgId],
    )
    return picked.rows.map((row) => row.id)
  } finally {
    await client.end()
  }
}
