import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'
import { newId } from '../ids.ts'
import { qb } from './database.ts'

let desk: TestDesk
let acme: TestOrg
let globex: TestOrg

beforeAll(async () => {
  desk = await startTestDesk()
  acme = await desk.newOrg('Acme')
  globex = await desk.newOrg('Globex')
  await acme.call('POST', '/v1/customers', { name: 'Ana', emails: [{ email: 'ana@example.com' }] })
})
afterAll(() => desk[Symbol.asyncDispose]())

test('a query without any organisation returns nothing and writes nothing', async () => {
  const pool = desk.desk.database.pool
  const read = await pool.query('select * from customers')
  expect(read.rows).toEqual([])
  await expect(pool.query('insert into customers (org_id, id) values ($1, $2)', [acme.id, newId()])).rejects.toThrow(
    /row-level security/,
  )
  const update = await pool.query("update customers set name = 'stolen'")
  expect(update.rowCount).toBe(0)
  const removal = await pool.query('delete from customers')
  expect(removal.rowCount).toBe(0)
})

test("another organisation's handle sees and changes nothing, even when the query forgets to ask for the organisation", async () => {
  const seen = await globex.db.read((reader) => reader.all(qb.selectFrom('customers').selectAll()))
  expect(seen).toEqual([])
  const changed = await globex.db.write((tx) =>
    tx.all(qb.updateTable('customers').set({ name: 'stolen' }).returning('id')),
  )
  expect(changed).toEqual([])
  const kept = await desk.owner.query('select name from customers')
  expect(kept.rows).toEqual([{ name: 'Ana' }])
})

test("a row of another organisation cannot be written through one's own handle", async () => {
  const row = { org_id: acme.id, id: newId(), name: 'planted' }
  await expect(globex.db.write((tx) => tx.all(qb.insertInto('customers').values(row)))).rejects.toThrow(
    /row-level security/,
  )
})

test('a reader cannot write', async () => {
  const write = acme.db.read((reader) => reader.all(qb.updateTable('customers').set({ name: 'x' })))
  await expect(write).rejects.toThrow(/read-only transaction/)
})

test('every table with an organisation has row-level security and leads its primary key with it', async () => {
  const { rows } = await desk.owner.query<{ name: string; secured: boolean; leading: string }>(`
    select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as secured,
           (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indrelid = c.oid and i.indisprimary) as leading
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id')
      and c.relname <> 'auth_member'
    order by 1`)
  expect(rows.length).toBeGreaterThan(10)
  expect(rows.filter((row) => !row.secured || row.leading !== 'org_id')).toEqual([])
})

test("one organisation's key opens nothing of another's", async () => {
  const { body } = await acme.call('GET', '/v1/customers?q=ana')
  const id = body.data[0].id
  expect((await globex.call('GET', `/v1/customers/${id}`)).status).toBe(404)
  expect((await globex.call('PUT', `/v1/customers/${id}`, { name: 'x' })).status).toBe(404)
  expect((await globex.call('GET', '/v1/customers/email=ana@example.com')).status).toBe(404)
})
