import { ownTimeZone } from '../../ui/time-zones.ts'
import type { SearchQuery } from '../searches/run-search.ts'

/** One thing that is asked of one attribute. */
export interface Filter {
  attribute: string
  operator: string
  value: unknown
}

/** A search as somebody sees it: what to show, words, filters, order. */
export interface SearchState {
  /** A query context: `customer`, `conversation`, …, or `kobject_<klass>`. */
  show: string
  text: string
  /** Whether all filters must hold, or one is enough. */
  match: 'all' | 'any'
  filters: Filter[]
  sort: { attribute: string; direction: 'asc' | 'desc' } | undefined
  /** Parts of a query that were made elsewhere and that no filter can show; they are kept as they are. */
  others: Others
}

interface Others {
  and: Record<string, unknown>[]
  not: Record<string, unknown>[]
}

const none: Others = { and: [], not: [] }

export const startState: SearchState = {
  show: 'customer',
  text: '',
  match: 'all',
  filters: [],
  sort: undefined,
  others: none,
}

/** The object that a context returns: every klass is an object. */
export function objectOf(show: string): string {
  return show.startsWith('kobject') ? 'kobject' : show
}

/** By which attribute words are looked for: a survey has none of its own and is found by those of its customer. */
function wordsOf(show: string): string {
  return show === 'survey' ? 'customer_any_text' : `${objectOf(show)}_any_text`
}

/** The query that the desk is asked. */
export function queryOf({ show, text, match, filters, sort, others }: SearchState): SearchQuery {
  const words = text.trim() === '' ? [] : [{ [wordsOf(show)]: { contains: text.trim() } }]
  const criteria = filters.map(({ attribute, operator, value }) => ({ [attribute]: { [operator]: value } }))
  const and = [...words, ...others.and, ...(match === 'all' ? criteria : [])]
  return {
    queryContext: show,
    timeZone: ownTimeZone(),
    ...(and.length === 0 ? {} : { and }),
    ...(match === 'any' && criteria.length > 0 ? { or: criteria } : {}),
    ...(others.not.length === 0 ? {} : { not: others.not }),
    ...(sort === undefined ? {} : { sort: [{ [sort.attribute]: sort.direction }] }),
  }
}

/** A query as somebody sees it; what no filter can show is kept in `others`. */
export function stateOf(query: SearchQuery): SearchState {
  const show = query.queryContext ?? 'customer'
  const [and, or, not] = [query.and, query.or, query.not].map(listOf) as [Criterion[], Criterion[], Criterion[]]
  const anyText = wordsOf(show)
  const text = and.map((it) => (it[anyText] as { contains?: unknown } | undefined)?.contains).find(isText)
  const rest = and.filter(
    (it) => text === undefined || (it[anyText] as { contains?: unknown } | undefined)?.contains !== text,
  )
  const [sort] = listOf(query.sort).flatMap((it) => Object.entries(it))
  const shared = {
    show,
    text: text ?? '',
    sort: sort === undefined ? undefined : { attribute: sort[0], direction: sort[1] as 'asc' | 'desc' },
  }
  const [all, any] = [filtersOf(rest), filtersOf(or)]
  if (or.length > 0 && any.others.length === 0) {
    return { ...shared, match: 'any', filters: any.filters, others: { and: rest, not } }
  }
  return {
    ...shared,
    match: 'all',
    filters: all.filters,
    others: { and: [...all.others, ...(or.length === 0 ? [] : [{ or }])], not },
  }
}

type Criterion = Record<string, unknown>

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function listOf(value: unknown): Criterion[] {
  return value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? (value as Criterion[])
      : Object.entries(value).map(([name, it]) => ({ [name]: it as unknown }))
}

const groups = new Set(['and', 'or', 'not'])

function filtersOf(criteria: Criterion[]): { filters: Filter[]; others: Criterion[] } {
  const filters: Filter[] = []
  const others: Criterion[] = []
  for (const criterion of criteria) {
    const entries = Object.entries(criterion)
    if (entries.some(([name]) => groups.has(name))) {
      others.push(criterion)
      continue
    }
    for (const [attribute, operators] of entries) {
      for (const [operator, value] of Object.entries((operators ?? {}) as Record<string, unknown>)) {
        filters.push({ attribute, operator, value })
      }
    }
  }
  return { filters, others }
}

/** A search in the address of the page, so that it can be sent on and gone back to. */
export function writeAddress(state: SearchState): URLSearchParams {
  const parameters = new URLSearchParams()
  const { show, text, match, filters, sort, others } = state
  parameters.set('show', show)
  if (text !== '') {
    parameters.set('text', text)
  }
  if (match === 'any') {
    parameters.set('match', match)
  }
  for (const [name, value] of [
    ['filters', filters],
    ['sort', sort],
    ['others', others.and.length + others.not.length === 0 ? undefined : others],
  ] as const) {
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      parameters.set(name, JSON.stringify(value))
    }
  }
  return parameters
}

/** What an address asks for; a part that cannot be read is left out. */
export function readAddress(parameters: URLSearchParams): SearchState {
  const read = <T>(name: string, or: T): T => {
    try {
      return (JSON.parse(parameters.get(name) ?? 'null') as T | null) ?? or
    } catch {
      return or
    }
  }
  return {
    show: parameters.get('show') ?? startState.show,
    text: parameters.get('text') ?? '',
    match: parameters.get('match') === 'any' ? 'any' : 'all',
    filters: read('filters', [] as Filter[]),
    sort: read('sort', undefined as SearchState['sort']),
    others: read('others', none),
  }
}
