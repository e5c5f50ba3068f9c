import { z } from 'zod'

/** The platform's JSON:API-like reply: one resource or a page of them, links always relative. */

const Linkage = z.object({ type: z.string(), id: z.string() })

/** `links` on most relations; `link` on the one from a custom object to its klass (facts 1.3). */
const Relation = z.object({
  links: z.object({ self: z.string() }).optional(),
  link: z.object({ self: z.string() }).optional(),
  data: z.union([Linkage, z.array(Linkage), z.null()]).optional(),
  meta: z.object({ kobject: z.boolean() }).optional(),
})

const Relationships = z.record(z.string(), Relation).meta({ id: 'Relationships' })
export type Relationships = z.infer<typeof Relationships>

export function resource<A extends z.ZodType>(attributes: A) {
  return z.object({
    type: z.string(),
    id: z.string(),
    attributes,
    relationships: Relationships,
    links: z.object({ self: z.string() }),
  })
}

export function document<A extends z.ZodType>(attributes: A) {
  return z.object({ data: resource(attributes) })
}

export function page<A extends z.ZodType>(attributes: A) {
  return z.object({
    meta: z.object({ page: z.number().optional(), pageSize: z.number(), total: z.number().optional() }),
    data: z.array(resource(attributes)),
    links: z.object({ self: z.string(), first: z.string(), prev: z.string().nullable(), next: z.string().nullable() }),
  })
}

export const ErrorReply = z
  .object({
    errors: z.array(
      z.object({
        status: z.number(),
        code: z.string(),
        title: z.string(),
        source: z.object({ pointer: z.string().optional(), parameter: z.string().optional() }).optional(),
        detail: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Error', description: 'What was wrong, and where.' })

/** `page` counts from 1; a size above the maximum is clamped, as existing clients ask for more (facts 8.1). */
export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  pageSize: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .transform((size) => Math.min(size, 100)),
})
export type PageQuery = z.output<typeof PageQuery>

/** Keyset paging: `next` carries where to go on, so a page costs the same however deep it is. */
export const CursorQuery = z.object({
  after: z.string().max(200).optional(),
  pageSize: z.coerce
    .number()
    .int()
    .min(1)
    .default(50)
    .transform((size) => Math.min(size, 100)),
})

/** A relation to one resource, whose path is its type in the plural. */
export function relationTo(type: string, id: string): Relationships[string] {
  return { links: { self: `/v1/${type}s/${id}` }, data: { type, id } }
}

export function orgRelation(orgId: string): Relationships {
  return { org: { links: { self: `/v1/orgs/${orgId}` }, data: { type: 'org', id: orgId } } }
}

export function userRelation(name: string, userId: string | null): Relationships {
  return userId === null
    ? {}
    : { [name]: { links: { self: `/v1/users/${userId}` }, data: { type: 'user', id: userId } } }
}

/** A path with the parameters that were given, for the links of a page. */
export function withQuery(path: string, parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

/** Wraps one page. `rows` holds one more than the page size when there is a next page. */
export function pageOf<T>(path: string, query: PageQuery, rows: T[]) {
  const at = (page: number) => `${path}${path.includes('?') ? '&' : '?'}page=${page}&pageSize=${query.pageSize}`
  return {
    meta: { page: query.page, pageSize: query.pageSize },
    data: rows.slice(0, query.pageSize),
    links: {
      self: at(query.page),
      first: at(1),
      prev: query.page > 1 ? at(query.page - 1) : null,
      next: rows.length > query.pageSize ? at(query.page + 1) : null,
    },
  }
}

/** Wraps one keyset page; `cursorOf` tells where the row after which to go on stands. */
export function cursorPageOf<Row, T>(
  path: string,
  query: { pageSize: number; after?: string | undefined },
  rows: Row[],
  show: (row: Row) => T,
  cursorOf: (row: Row) => string,
) {
  const at = (after: string | undefined) => {
    const cursor = withQuery('', { pageSize: String(query.pageSize), after })
    return path + (path.includes('?') ? cursor.replace('?', '&') : cursor)
  }
  const shown = rows.slice(0, query.pageSize)
  const last = shown.at(-1)
  return {
    meta: { pageSize: query.pageSize },
    data: shown.map(show),
    links: {
      self: at(query.after),
      first: at(undefined),
      prev: null,
      next: rows.length > query.pageSize && last !== undefined ? at(cursorOf(last)) : null,
    },
  }
}
