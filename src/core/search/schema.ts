import { z } from 'zod'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)

/** What a search returns: one kind of resource, or the objects of one klass as `kobject_<klass>`. */
export const QueryContext = z
  .string()
  .max(160)
  .regex(/^(?:customer|conversation|message|company|note|survey|kobject|kobject_[A-Za-z0-9_-]+)$/, {
    error: 'must be customer, conversation, message, company, note, survey, kobject or kobject_<klass>',
  })

/** `{attribute: {operator: value}}`, one or a list; what each may be is checked by `readCriteria`. */
const Criteria = z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown())).max(100)])
const SortOrder = z.record(z.string(), z.enum(['asc', 'desc'], { error: 'must be asc or desc' }))

export const SearchQuery = z.strictObject({
  queryContext: QueryContext.default('customer'),
  and: Criteria.optional(),
  or: Criteria.optional(),
  not: Criteria.optional(),
  sort: z.union([SortOrder, z.array(SortOrder).max(5)]).optional(),
  timeZone: text(64).default('GMT').describe('IANA name; for dates that say no time.'),
  includeDeleted: z.boolean().default(false),
  fields: z.array(text(128)).max(200).optional().describe('Only these attributes are returned.'),
  /** Accepted because existing clients send them: nothing is aggregated, and a hash names nothing here. */
  aggs: z.record(z.string(), z.unknown()).optional(),
  searchHash: text(255).optional(),
})
export type SearchQuery = z.infer<typeof SearchQuery>

/** A size above the maximum is clamped, as existing clients ask for more (facts 8.1); 0 only counts. */
export const SearchPageQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).optional(),
  pageSize: z.coerce
    .number()
    .int()
    .min(0)
    .default(100)
    .transform((size) => Math.min(size, 500)),
  after: z.string().max(4096).optional().describe('From `links.next`; goes on however deep it is.'),
  idsOnly: z.stringbool().default(false),
  include: z.string().max(200).optional(),
  trackTotalHits: z.string().max(20).optional(),
})
export type SearchPageQuery = z.infer<typeof SearchPageQuery>

const changeable = {
  name: text(255).min(1, 'must not be empty'),
  query: SearchQuery,
  icon: text(64).nullish(),
  /** Whether everybody sees it; `sharedTeams` lets the people of some teams see it. */
  shared: z.boolean(),
  sharedTeams: z.array(text(64)).max(50),
  pinned: z.boolean(),
  position: z.number(),
}

export const SavedSearchInput = z.strictObject({
  ...changeable,
  shared: changeable.shared.default(false),
  sharedTeams: changeable.sharedTeams.default([]),
  pinned: changeable.pinned.default(false),
  position: changeable.position.default(0),
})
export type SavedSearchInput = z.infer<typeof SavedSearchInput>

export const SavedSearchUpdate = z.strictObject(changeable).partial().extend({
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type SavedSearchUpdate = z.infer<typeof SavedSearchUpdate>

export const SavedSearchAttributes = z.object({
  name: z.string(),
  queryContext: z.string(),
  query: z.looseObject({}),
  icon: z.string().nullable(),
  shared: z.boolean(),
  sharedTeams: z.array(z.string()),
  pinned: z.boolean(),
  position: z.number(),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export const CountsQuery = z.object({
  ids: z.string().max(2500).describe('Ids of saved searches with commas between, at most 50.'),
})

/** One attribute that something can be found by. */
export const SearchAttribute = z.object({
  /** What it belongs to: `customer`, `conversation`, `message`, `note`, `company`, `kobject`, `feedback` or `survey`. */
  object: z.string(),
  /** The klass whose objects alone have it. */
  klass: z.string().nullable(),
  label: z.string(),
  kind: z.enum(['any', 'string', 'text', 'exact', 'list', 'number', 'datetime', 'boolean']),
  operators: z.array(z.string()),
  custom: z.boolean(),
  /** The only values it has; null: any. */
  values: z.array(z.string()).nullable(),
  /** What its values are the ids, or names, of. */
  refersTo: z.enum(['user', 'team', 'tag', 'brand', 'klass', 'installation', 'customer', 'conversation']).nullable(),
})
export type SearchAttribute = z.infer<typeof SearchAttribute>
