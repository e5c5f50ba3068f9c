import { databaseErrorCode } from '../../platform/db/database.ts'
import type { OrgDb, Reader } from '../../platform/db/database.ts'
import { withQuery } from '../../platform/http/envelope.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { getKlass } from '../objects/objects.ts'
import { Compiler } from './compile.ts'
import type { Condition } from './compile.ts'
import { readCriteria } from './criteria.ts'
import { checkTimeZone } from './moments.ts'
import { Order, writePosition } from './order.ts'
import { showResult } from './results.ts'
import type { Returned, Shown } from './results.ts'
import type { SearchPageQuery, SearchQuery } from './schema.ts'
import { countRows, estimateRows, findCustomersOf, findRows } from './store.ts'
import type { Selection } from './store.ts'

/** How long a search may work, in milliseconds. */
const limits = {
  /** No search works longer; what would is refused with a word on how to narrow it. */
  find: 10_000,
  /** Counting must not hold up the results: after this it is estimated. */
  count: 150,
}

export interface Total {
  total: number
  totalIsEstimated: boolean
}

/**
 * One page of what fulfils the criteria. Without `page`, `links.next` goes on after the last row, however deep; with
 * it, pages are numbered as the platform numbers them. Throws 400 naming what cannot be read, 422 for a search that
 * would take too long.
 */
export async function search(db: OrgDb, path: string, query: SearchQuery, paging: SearchPageQuery, longest = limits) {
  const order = new Order(query.sort, returnedBy(query), 'base')
  const position = paging.after === undefined ? undefined : order.read(paging.after)
  const selection = await select(db, query, longest)
  const page = paging.page ?? 1
  const offset = position === undefined ? (page - 1) * paging.pageSize : 0
  const place = { limit: paging.pageSize + 1, offset, after: position }
  const rows =
    paging.pageSize === 0
      ? []
      : await guarded(
          db.search((reader) => findRows(reader, selection, order, place), longest.find),
          position !== undefined,
        )
  const shown = rows.slice(0, paging.pageSize)
  const hasNext = rows.length > shown.length
  const seen = offset + shown.length + (hasNext ? 1 : 0)
  const isWhole = position === undefined && !hasNext && shown.length > 0
  const counted = isWhole ? { total: seen, totalIsEstimated: false } : await count(db, selection, longest)
  // A program that walks until `totalPages` must not stop while there is more.
  const total = counted.totalIsEstimated ? Math.max(counted.total, seen) : counted.total
  const data = shown.map(({ row }) =>
    paging.idsOnly ? { type: selection.object, id: row.id } : showResult(selection.object, row, query.fields),
  )
  const last = shown.at(-1)
  return {
    meta: {
      page,
      pageSize: paging.pageSize,
      total,
      totalPages: paging.pageSize === 0 ? 0 : Math.ceil(total / paging.pageSize),
      totalIsEstimated: counted.totalIsEstimated,
      aggregations: {},
    },
    data,
    ...(wants(paging.include, 'customers')
      ? {
          included: await customersOf(
            db,
            shown.map((it) => it.row),
          ),
        }
      : {}),
    links: links(
      path,
      paging,
      hasNext && last !== undefined ? writePosition({ id: last.row.id, values: last.values }) : undefined,
    ),
  }
}

/** How many fulfil the criteria. */
export async function countMatches(db: OrgDb, query: SearchQuery): Promise<Total> {
  return count(db, await select(db, query, limits), limits)
}

function returnedBy(query: SearchQuery): Returned {
  return (query.queryContext.startsWith('kobject') ? 'kobject' : query.queryContext) as Returned
}

async function select(db: OrgDb, query: SearchQuery, longest: typeof limits): Promise<Selection> {
  checkTimeZone(query.timeZone)
  const criteria = readCriteria(query)
  const object = returnedBy(query)
  return guarded(
    db.search(async (reader) => {
      const compiler = new Compiler(reader, query.timeZone, new Date())
      const condition: Condition = await compiler.compile(criteria, { object, row: 'base' })
      const klass = await klassOf(reader, query.queryContext)
      return { object, klass, includeDeleted: query.includeDeleted, condition, isCountable: !compiler.asksEach }
    }, longest.find),
    false,
  )
}

async function klassOf(reader: Reader, context: string): Promise<string | undefined> {
  if (!context.startsWith('kobject_')) {
    return undefined
  }
  const name = context.slice('kobject_'.length)
  const klass = await getKlass(reader, name).catch(() => undefined)
  if (klass === undefined) {
    throw new ApiError('badparam', `there is no klass named ${name}`, { pointer: '/queryContext' })
  }
  return klass.name
}

async function count(db: OrgDb, selection: Selection, longest: typeof limits): Promise<Total> {
  try {
    const total = selection.isCountable
      ? await db.search((reader) => countRows(reader, selection), longest.count)
      : undefined
    if (total !== undefined) {
      return { total, totalIsEstimated: false }
    }
  } catch (error) {
    if (databaseErrorCode(error) !== queryCanceled) {
      throw readable(error, false)
    }
  }
  return {
    total: await db.search((reader) => estimateRows(reader, selection), longest.find),
    totalIsEstimated: true,
  }
}

function links(path: string, paging: SearchPageQuery, next: string | undefined) {
  const { pageSize, after } = paging
  const numbered = (page: number) => withQuery(path, { page: String(page), pageSize: String(pageSize) })
  const begin = numbered(1)
  if (paging.page !== undefined) {
    return {
      self: numbered(paging.page),
      first: begin,
      prev: paging.page > 1 ? numbered(paging.page - 1) : null,
      next: next === undefined ? null : numbered(paging.page + 1),
    }
  }
  return {
    self: withQuery(path, { pageSize: String(pageSize), after }),
    first: begin,
    prev: null,
    next: next === undefined ? null : withQuery(path, { pageSize: String(pageSize), after: next }),
  }
}

function wants(include: string | undefined, what: string): boolean {
  return include?.split(',').includes(what) === true
}

async function customersOf(db: OrgDb, rows: { id: Id; customer_id?: Id | null }[]): Promise<Shown[]> {
  const ids = [...new Set(rows.map((row) => row.customer_id).filter((id) => id !== undefined && id !== null))]
  return (await db.read((reader) => findCustomersOf(reader, ids))).map((row) => showResult('customer', row, undefined))
}

const queryCanceled = '57014'
/** What the database says of a value that only it can read: a cursor's, or the name of a time zone it lacks. */
const unreadable = new Set(['22007', '22008', '22023', '22P02', '22003'])

async function guarded<T>(work: Promise<T>, hasCursor: boolean): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw readable(error, hasCursor)
  }
}

function readable(error: unknown, hasCursor: boolean): unknown {
  const code = databaseErrorCode(error) ?? ''
  if (code === queryCanceled) {
    return new ApiError(
      'unprocessable',
      `This search took longer than ${limits.find / 1000} seconds and was stopped. Narrow it, for example by status or by when something was updated.`,
    )
  }
  if (unreadable.has(code)) {
    return hasCursor
      ? new ApiError('badparam', 'after must be taken from links.next of the same search', { parameter: 'after' })
      : new ApiError('badparam', 'a value is out of range, or the time zone is not known here', {
          pointer: '/timeZone',
        })
  }
  return error
}
