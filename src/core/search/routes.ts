import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery, resource, userRelation } from '../../platform/http/envelope.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import {
  createSavedSearch,
  deleteSavedSearch,
  getSavedSearch,
  savedSearchesOf,
  updateSavedSearch,
} from './saved-searches.ts'
import type { SavedSearchRow } from './saved-searches.ts'
import {
  CountsQuery,
  SavedSearchAttributes,
  SavedSearchInput,
  SavedSearchUpdate,
  SearchAttribute,
  SearchPageQuery,
  SearchQuery,
} from './schema.ts'
import { searchAttributes } from './search-attributes.ts'
import { countMatches, search } from './search.ts'

const tag = 'Search'
const AnyResource = resource(z.looseObject({}))

const SearchPage = z.object({
  meta: z.object({
    page: z.number(),
    pageSize: z.number(),
    total: z.number(),
    totalPages: z.number(),
    totalIsEstimated: z
      .boolean()
      .describe('True where there is too much to count; it never ends before the results do.'),
    aggregations: z.record(z.string(), z.unknown()),
  }),
  data: z.array(z.union([AnyResource, z.object({ type: z.string(), id: z.string() })])),
  included: z.array(AnyResource).optional(),
  links: z.object({ self: z.string(), first: z.string(), prev: z.string().nullable(), next: z.string().nullable() }),
})
const Counts = z.object({
  data: z.array(
    z.object({
      type: z.string(),
      id: z.string(),
      attributes: z.object({ total: z.number(), totalIsEstimated: z.boolean() }),
    }),
  ),
})

const mostCounts = 50
/** Facts 7. */
const access = only(
  'search',
  'org.user.search.read',
  'org.admin.search.read',
  'org.permission.search.create',
  'org.permission.search.update',
  'org.permission.search_global.create',
  'org.permission.search_preview.create',
)
const execution = only(
  'search',
  'org.user.search.read',
  'org.admin.search.read',
  'org.permission.search_execution.create',
)
const write = only(
  'search',
  'org.user.search.write',
  'org.admin.search.write',
  'org.permission.search.create',
  'org.permission.search.update',
)
const byId = z.object({ id: z.string().max(64) })
const reply = document(SavedSearchAttributes)
const list = page(SavedSearchAttributes)

function searching(path: '/v1/customers/search' | '/v1/customers/archive/search', summary: string): Endpoint {
  return endpoint({
    method: 'POST',
    path,
    tag,
    summary,
    access,
    query: SearchPageQuery,
    body: SearchQuery,
    status: 200,
    reply: SearchPage,
    handle: ({ db, query, body }) => search(db, path, body, query),
  })
}

function listing(path: '/v1/customers/searches' | '/v1/customers/searches/pinned', summary: string): Endpoint {
  const pinned = path.endsWith('pinned') ? true : undefined
  return endpoint({
    method: 'GET',
    path,
    tag,
    summary,
    access,
    query: PageQuery,
    status: 200,
    reply: list,
    handle: ({ db, by, query }) =>
      db.read(async (reader) => {
        const rows = await savedSearchesOf(
          reader,
          by,
          { pinned },
          query.pageSize + 1,
          (query.page - 1) * query.pageSize,
        )
        return pageOf(path, query, rows.map(showSavedSearch))
      }),
  })
}

export const searchRoutes: Endpoint[] = [
  searching('/v1/customers/search', 'Find customers, conversations, messages, notes, companies or objects by criteria'),
  searching('/v1/customers/archive/search', 'The same: nothing here is too old to be found'),
  endpoint({
    method: 'GET',
    path: '/v1/customers/search/attributes',
    tag,
    summary: 'List what can be searched by, with the operators and values of each',
    access,
    status: 200,
    reply: z.object({ data: z.array(z.object({ type: z.string(), id: z.string(), attributes: SearchAttribute })) }),
    handle: async ({ db }) => ({
      data: (await db.read(searchAttributes)).map(({ name, ...attributes }) => ({
        type: 'search_attribute',
        id: name,
        attributes,
      })),
    }),
  }),
  listing('/v1/customers/searches', 'List saved searches: your own and those shared with you'),
  listing('/v1/customers/searches/pinned', 'List the saved searches that are pinned'),
  endpoint({
    method: 'GET',
    path: '/v1/customers/searches/counts',
    tag,
    summary: 'Count what saved searches find',
    access: execution,
    query: CountsQuery,
    status: 200,
    reply: Counts,
    handle: async ({ db, by, query }) => {
      const ids = query.ids.split(',').filter(isId)
      if (ids.length === 0 || ids.length > mostCounts) {
        throw new ApiError('badparam', `ids must be 1 to ${mostCounts} ids with commas between`, { parameter: 'ids' })
      }
      const data = []
      for (const id of ids) {
        const saved = await db.read((reader) => getSavedSearch(reader, by, id))
        data.push({ type: 'count', id, attributes: await countMatches(db, saved.query) })
      }
      return { data }
    },
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers/searches',
    tag,
    summary: 'Save a search',
    access: write,
    body: SavedSearchInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) =>
      db.write(async (tx) => ({ data: showSavedSearch(await createSavedSearch(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/searches/:id',
    tag,
    summary: 'Read a saved search',
    access,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, by, params }) =>
      db.read(async (reader) => ({ data: showSavedSearch(await getSavedSearch(reader, by, params.id)) })),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/customers/searches/:id',
    tag,
    summary: 'Change a saved search: what the body leaves out stays',
    access: write,
    params: byId,
    body: SavedSearchUpdate,
    status: 200,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showSavedSearch(await updateSavedSearch(tx, by, params.id, body)) })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/customers/searches/:id',
    tag,
    summary: 'Delete a saved search',
    access: write,
    params: byId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteSavedSearch(tx, by, params.id)),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers/searches/:id/execution',
    tag,
    summary: 'Run a saved search; a page size of 0 only counts',
    access: execution,
    params: byId,
    query: SearchPageQuery,
    body: z.looseObject({}).optional(),
    status: 200,
    reply: SearchPage,
    handle: async ({ db, by, params, query }) => {
      const saved = await db.read((reader) => getSavedSearch(reader, by, params.id))
      return search(db, `/v1/customers/searches/${saved.id}/execution`, saved.query, query)
    },
  }),
]

function showSavedSearch(row: SavedSearchRow) {
  return {
    type: 'search',
    id: row.id,
    attributes: {
      name: row.name,
      queryContext: row.context,
      query: row.query,
      icon: row.icon,
      shared: row.shared,
      sharedTeams: row.shared_teams,
      pinned: row.pinned,
      position: row.position,
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.owner_id) },
    links: { self: `/v1/customers/searches/${row.id}` },
  }
}
