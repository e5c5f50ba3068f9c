import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Compilable } from 'kysely'
import pg from 'pg'

import { isId } from '../ids.ts'
import type { Id } from '../ids.ts'
import type { DB } from './types.generated.ts'

/** Builds queries; it has no connection. What it builds runs through a `Reader` or a `Tx`. */
export const qb = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** A query of fixed text. */
export interface Statement<Row> {
  /** Undefined: planned anew each time. */
  readonly name: string | undefined
  readonly text: string
  readonly row?: Row
}

/** A query of a hot path that looks up a row or a page: the server plans it once per connection under its name. */
export function statement<Row>(name: string, text: string): Statement<Row> {
  return { name, text }
}

/**
 * A query over many rows at once. A plan costs little beside them, and one that was made while the tables were small
 * would stay with a busy connection for as long as it lives.
 */
export function batchStatement<Row>(text: string): Statement<Row> {
  return { name: undefined, text }
}

/** Reads one organisation's rows. The server refuses its writes and hides every other organisation's rows. */
export interface Reader {
  readonly orgId: Id
  all: <Row>(query: Compilable<Row>) => Promise<Row[]>
  first: <Row>(query: Compilable<Row>) => Promise<Row | undefined>
  rows: <Row>(query: Statement<Row>, values: unknown[]) => Promise<Row[]>
}

/** Reads and writes one organisation's rows; everything written through one `Tx` becomes true at once or not at all. */
export interface Tx extends Reader {
  readonly writes: true
}

/** One organisation's data. There is no way from here to another organisation. */
export interface OrgDb {
  readonly orgId: Id
  read: <T>(work: (reader: Reader) => Promise<T>) => Promise<T>
  write: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /**
   * Reads by criteria that somebody makes up: the planner may do as it sees fit, for so many milliseconds and no longer;
   * after that the server cancels the statement (code 57014).
   */
  search: <T>(work: (reader: Reader) => Promise<T>, longestMs: number) => Promise<T>
  /** Calls a database function that enters the organisation of its first argument itself: one round trip, one transaction. */
  call: <Row>(query: Statement<Row>, values: [Id, ...unknown[]]) => Promise<Row[]>
}

// Every query of the desk looks rows up through an index. Right after an installation the server has no statistics, takes
// an organisation for a hundredth of a table and would rather read all of it and hash; plans made then live as long as a
// busy connection.
const sessionSettings = '-c role=tellback_app -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off'

/** Who works through a handle: the audit log names them with everything they write. */
export interface Author {
  userId: Id
  userType: 'user' | 'machine'
  /** What they work with and from which address. */
  client: string
  ip: string
}

export interface Database extends AsyncDisposable {
  forOrg: (orgId: Id, author?: Author) => OrgDb
  /** The pool behind the handles: for the sign-in library and for readiness, never for a tenant's rows. */
  readonly pool: pg.Pool
}

pg.types.setTypeParser(pg.types.builtins.INT8, Number)

// A serialisation failure or a deadlock says nothing about the work itself: doing it again is the remedy.
const retryableCodes = new Set(['40001', '40P01'])
const maxTransactionAttempts = 5

export function openDatabase(
  connectionString: string,
  options: { size: number; onError: (error: Error) => void },
): Database {
  const pool = new pg.Pool({
    connectionString,
    max: options.size,
    options: sessionSettings,
    idleTimeoutMillis: 10_000,
  })
  let closing = false
  pool.on('error', (error) => (closing ? undefined : options.onError(error)))
  // A connection that ends between two queries of a transaction, or while it is being closed, is no reason to stop: the next query says so.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    pool,
    forOrg: (orgId, author) => orgDb(pool, orgId, author),
    [Symbol.asyncDispose]: () => {
      closing = true // the server may be gone before the last idle connection has said goodbye
      return pool.end()
    },
  }
}

function orgDb(pool: pg.Pool, orgId: Id, author: Author | undefined): OrgDb {
  if (!isId(orgId)) {
    throw new TypeError(`not an organisation id: ${orgId}`)
  }
  const beginWrite = author === undefined ? 'begin' : `begin; ${authorSettings(author)}`
  return {
    orgId,
    read: (work) => transact(pool, orgId, 'begin read only', work),
    search: (work, longestMs) => transact(pool, orgId, `begin read only; ${searchSettings(longestMs)}`, work),
    call: async <Row>(query: Statement<Row>, values: [Id, ...unknown[]]) => {
      if (values[0] !== orgId) {
        throw new TypeError('the first argument must be the organisation of this handle')
      }
      const result = await pool.query<pg.QueryResultRow>(asQuery(query, values))
      return result.rows as Row[]
    },
    write: async (work) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transact(pool, orgId, beginWrite, work)
        } catch (error) {
          if (attempt === maxTransactionAttempts || !retryableCodes.has(databaseErrorCode(error) ?? '')) {
            throw error
          }
        }
      }
    },
  }
}

function searchSettings(longestMs: number): string {
  const free = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'].map((name) => `set local ${name} = on`)
  return [
    ...free,
    'set local jit = off',
    'set local random_page_cost = 1.1',
    'set local max_parallel_workers_per_gather = 0',
    `set local statement_timeout = ${Math.ceil(longestMs)}`,
  ].join('; ')
}

function authorSettings({ userId, userType, client, ip }: Author): string {
  const settings = { user_id: userId, user_type: userType, client, ip }
  return Object.entries(settings)
    .map(([name, value]) => `set local tellback.${name} = ${pg.escapeLiteral(value)}`)
    .join('; ')
}

async function transact<T>(pool: pg.Pool, orgId: Id, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = false
  try {
    // The id is 24 hex characters (checked above), so it can stand in the text: one round trip opens the transaction.
    await client.query(`${begin}; set local tellback.org_id = '${orgId}'`)
    const result = await work(bind(client, orgId))
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => (broken = true))
    throw error
  } finally {
    client.release(broken)
  }
}

function bind(client: pg.PoolClient, orgId: Id): Tx {
  async function all<Row>(query: Compilable<Row>): Promise<Row[]> {
    const compiled = query.compile()
    const result = await client.query<pg.QueryResultRow>(compiled.sql, [...compiled.parameters])
    return result.rows as Row[]
  }
  return {
    orgId,
    writes: true,
    all,
    first: async (query) => (await all(query))[0],
    rows: async <Row>(query: Statement<Row>, values: unknown[]) => {
      const result = await client.query<pg.QueryResultRow>(asQuery(query, values))
      return result.rows as Row[]
    },
  }
}

function asQuery({ name, text }: Statement<unknown>, values: unknown[]): pg.QueryConfig {
  return name === undefined ? { text, values } : { name, text, values }
}

/** The server's five-character error code, when the error came from the server. */
export function databaseErrorCode(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}
