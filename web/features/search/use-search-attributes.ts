import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ReplyOf } from '../../api.ts'
import { objectOf } from './search-state.ts'

export type SearchAttribute = ReplyOf<'GET /v1/customers/search/attributes'>['data'][number]

/** What the objects are called where one chooses among their attributes. */
export const objectNames: Record<string, string> = {
  customer: 'Customer',
  conversation: 'Conversation',
  message: 'Message',
  note: 'Note',
  company: 'Company',
  kobject: 'Object',
  feedback: 'Feedback',
  survey: 'Survey',
}

/** Everything one can search by, by name. */
export function useSearchAttributes(): Map<string, SearchAttribute> {
  const attributes = useQuery({
    queryKey: ['search-attributes'],
    queryFn: async () => (await api.call('GET /v1/customers/search/attributes')).data,
    staleTime: 60_000,
  })
  return new Map(attributes.data?.map((it) => [it.id, it]))
}

/** Those that make sense for what is shown: its own first, of a klass its own alone. */
export function attributesFor(show: string, all: Iterable<SearchAttribute>): SearchAttribute[] {
  const own = objectOf(show)
  const klass = show.startsWith('kobject_') ? show.slice('kobject_'.length) : undefined
  const fits = ({ attributes: { object, kind, klass: of } }: SearchAttribute) =>
    kind !== 'any' && (of === null || klass === undefined || object !== 'kobject' || of === klass)
  const rank = ({ attributes: { object, custom } }: SearchAttribute) => (object === own ? (custom ? 0 : 1) : 2)
  return [...all].filter(fits).toSorted((a, b) => rank(a) - rank(b))
}

export interface OperatorChoice {
  operator: string
  label: string
  /** What one writes after it. */
  takes: 'nothing' | 'one' | 'several' | 'span'
}

const usual: Record<string, Omit<OperatorChoice, 'operator'>> = {
  equals: { label: 'is', takes: 'one' },
  not_equals: { label: 'is not', takes: 'one' },
  contains: { label: 'contains', takes: 'one' },
  not_contains: { label: 'does not contain', takes: 'one' },
  contains_any: { label: 'has any of', takes: 'several' },
  not_contains_any: { label: 'has none of', takes: 'several' },
  in: { label: 'is one of', takes: 'several' },
  not_in: { label: 'is none of', takes: 'several' },
  gt: { label: 'is more than', takes: 'one' },
  gte: { label: 'is at least', takes: 'one' },
  lt: { label: 'is less than', takes: 'one' },
  lte: { label: 'is at most', takes: 'one' },
  prefix: { label: 'begins with', takes: 'one' },
  set: { label: 'has a value', takes: 'nothing' },
  not_set: { label: 'has no value', takes: 'nothing' },
}
const ofTime: Record<string, Omit<OperatorChoice, 'operator'>> = {
  gt: { label: 'is after', takes: 'one' },
  gte: { label: 'is on or after', takes: 'one' },
  lt: { label: 'is before', takes: 'one' },
  lte: { label: 'is on or before', takes: 'one' },
  within: { label: 'is within', takes: 'span' },
}
/** What is asked most of each kind, and therefore first. */
const first: Record<string, string> = {
  datetime: 'within',
  list: 'in',
  text: 'contains',
  string: 'contains',
  number: 'gte',
}

export function operatorsOf({ attributes: { kind, operators } }: SearchAttribute): OperatorChoice[] {
  const known = kind === 'datetime' ? { ...usual, ...ofTime } : usual
  const choices = operators.flatMap((operator) => {
    const choice = known[operator]
    return choice === undefined ? [] : [{ operator, ...choice }]
  })
  const preferred = choices.filter(({ operator }) => operator === first[kind])
  return [...preferred, ...choices.filter((choice) => !preferred.includes(choice))]
}
