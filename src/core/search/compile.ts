import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'

import type { Reader } from '../../platform/db/database.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { matchingIds, textCondition, wholeWordsCondition } from '../../platform/words/word-index.ts'
import type { WordCondition } from '../../platform/words/word-index.ts'
import { folded, wantedWords } from '../../platform/words/words.ts'
import { emailIdentity, externalIdentity, phoneIdentity } from '../customers/identity.ts'
import type { Attribute, Expression, SearchObject, WordedObject } from './attributes.ts'
import type { Criteria, Criterion, Operator } from './criteria.ts'
import { readMoment, readSpan } from './moments.ts'

export type Condition = RawBuilder<boolean>

/** The table of each object, and whether its rows are only marked when they are deleted. */
export const tables: Record<SearchObject, { name: string; isMarked: boolean }> = {
  customer: { name: 'customers', isMarked: true },
  company: { name: 'companies', isMarked: true },
  conversation: { name: 'conversations', isMarked: true },
  message: { name: 'messages', isMarked: false },
  note: { name: 'notes', isMarked: true },
  kobject: { name: 'kobjects', isMarked: true },
  feedback: { name: 'feedback', isMarked: false },
  survey: { name: 'survey_requests', isMarked: false },
}

const always: Condition = sql`true`

/** Where in a query criteria are asked: about which row of which object. */
interface Scope {
  object: SearchObject
  row: string
}

/**
 * Turns criteria into one condition on the rows of `scope`. Values travel as parameters, and names are looked up, so
 * nothing that a caller wrote becomes part of the query's text. Criteria of one `and` about another object are about
 * one and the same other object.
 */
export class Compiler {
  readonly #reader: Reader
  readonly #timeZone: string
  readonly #now: Date
  #aliases = 0
  #asksEach = false

  constructor(reader: Reader, timeZone: string, now: Date) {
    this.#reader = reader
    this.#timeZone = timeZone
    this.#now = now
  }

  /** Whether words were wanted that too many texts have to list: then counting would ask each of them. */
  get asksEach(): boolean {
    return this.#asksEach
  }

  async compile(criteria: Criteria, scope: Scope): Promise<Condition> {
    if ('criterion' in criteria) {
      return this.#group([criteria.criterion], scope)
    }
    if ('any' in criteria) {
      return joined(await this.#each(criteria.any, scope), sql` or `)
    }
    if ('none' in criteria) {
      const conditions = await this.#each(criteria.none, scope)
      return joined(conditions.map(negated), sql` and `)
    }
    const own = criteria.all.filter((it) => !('criterion' in it))
    const criterions = criteria.all.flatMap((it) => ('criterion' in it ? [it.criterion] : []))
    const groups = Map.groupBy(criterions, (it) => it.attribute.object)
    const conditions = [...(await this.#each(own, scope))]
    for (const group of groups.values()) {
      conditions.push(await this.#group(group, scope))
    }
    return conditions.length === 0 ? always : joined(conditions, sql` and `)
  }

  async #each(list: Criteria[], scope: Scope): Promise<Condition[]> {
    const conditions: Condition[] = []
    for (const criteria of list) {
      conditions.push(await this.compile(criteria, scope))
    }
    return conditions
  }

  /** Criteria about one object: on this row, or on one related row. */
  async #group(criterions: Criterion[], scope: Scope): Promise<Condition> {
    const object = criterions[0]?.attribute.object ?? scope.object
    if (object === scope.object) {
      return this.#all(criterions, scope)
    }
    this.#aliases += 1
    const row = `related${this.#aliases}`
    const { name, isMarked } = tables[object]
    const condition = await this.#all(criterions, { object, row })
    const isThere = isMarked ? sql<boolean>`${sql.ref(`${row}.deleted_at`)} is null` : always
    return sql`exists (select from ${sql.table(name)} ${sql.ref(row)} where ${sql.ref(`${row}.org_id`)} = ${this.#reader.orgId} and ${this.#link(scope, { object, row })} and ${isThere} and ${condition})`
  }

  async #all(criterions: Criterion[], scope: Scope): Promise<Condition> {
    const conditions: Condition[] = []
    for (const criterion of criterions) {
      const { klass } = criterion.attribute
      const condition = await this.#criterion(criterion, scope)
      conditions.push(
        klass === undefined ? condition : sql`(${sql.ref(`${scope.row}.klass`)} = ${klass} and ${condition})`,
      )
    }
    return joined(conditions, sql` and `)
  }

  /** How a row of one object belongs to a row of another: by their conversation, else by their customer. */
  #link(from: Scope, to: Scope): Condition {
    const at = (scope: Scope, column: string) => sql.ref(`${scope.row}.${column}`)
    const org = this.#reader.orgId
    if (from.object === 'company' || to.object === 'company') {
      const [company, other] = from.object === 'company' ? [from, to] : [to, from]
      return other.object === 'customer'
        ? sql`${at(other, 'company_id')} = ${at(company, 'id')}`
        : sql`exists (select from customers member where member.org_id = ${org} and member.id = ${at(other, 'customer_id')} and member.company_id = ${at(company, 'id')})`
    }
    const pair = [from.object, to.object]
    const isAnswer = (object: SearchObject) => object === 'kobject' || object === 'feedback'
    if (pair.every(isAnswer)) {
      return sql`${at(from, 'id')} = ${at(to, 'id')}`
    }
    if (pair.includes('survey') && pair.some(isAnswer)) {
      const [asked, answer] = from.object === 'survey' ? [from, to] : [to, from]
      return sql`${at(asked, 'feedback_id')} = ${at(answer, 'id')}`
    }
    const [here, there] = [conversationKey[from.object], conversationKey[to.object]]
    if (here !== undefined && there !== undefined) {
      return sql`${at(to, there)} = ${at(from, here)}`
    }
    const key = (scope: Scope) => at(scope, scope.object === 'customer' ? 'id' : 'customer_id')
    return sql`${key(to)} = ${key(from)}`
  }

  async #criterion(criterion: Criterion, scope: Scope): Promise<Condition> {
    const { operator, value } = criterion
    if (operator === 'set' || operator === 'not_set') {
      const wanted = readFlag(criterion)
      const isSet = presenceOf(criterion.attribute, scope.row)
      return wanted === (operator === 'set') ? isSet : negated(isSet)
    }
    const positive = negatives[operator]
    if (positive !== undefined) {
      return negated(await this.#positive({ ...criterion, operator: positive }, scope))
    }
    return this.#positive({ ...criterion, value }, scope)
  }

  async #positive(criterion: Criterion, scope: Scope): Promise<Condition> {
    const { attribute, operator, value, pointer } = criterion
    switch (attribute.kind) {
      case 'any':
        return this.#words(criterion, scope)
      case 'string':
      case 'text':
        return operator === 'contains_any' || operator === 'in'
          ? this.#anyOf(criterion, scope, operator === 'in' ? 'equals' : 'contains')
          : this.#text(criterion, scope)
      case 'exact':
      case 'list':
        return this.#listed(criterion, scope)
      case 'number': {
        const held = attribute.value(scope.row)
        if (operator === 'in') {
          return sql`${held} = any(${readMany(value, pointer).map((it) => readNumber(it, pointer))}::numeric[])`
        }
        return sql`${held} ${comparison(operator)} ${readNumber(value, pointer)}::numeric`
      }
      case 'datetime':
        return this.#moment(criterion, attribute.value(scope.row))
      case 'boolean':
        return sql`${attribute.value(scope.row)} = ${readBoolean(value, pointer)}::boolean`
    }
  }

  async #anyOf(criterion: Criterion, scope: Scope, operator: Operator): Promise<Condition> {
    const conditions: Condition[] = []
    for (const value of readMany(criterion.value, criterion.pointer)) {
      conditions.push(await this.#positive({ ...criterion, operator, value }, scope))
    }
    return conditions.length === 0 ? sql`false` : joined(conditions, sql` or `)
  }

  async #words(criterion: Criterion, scope: Scope): Promise<Condition> {
    if (criterion.operator === 'contains_any') {
      return this.#anyOf(criterion, scope, 'contains')
    }
    const text = readText(criterion.value, criterion.pointer)
    const condition = criterion.operator === 'equals' ? this.#whole(text, scope) : await this.#parts(text, scope)
    if (condition === undefined) {
      throw new ApiError('badparam', 'has no letter or digit to look for', { pointer: criterion.pointer })
    }
    return this.#hit(condition, scope)
  }

  #whole(text: string, { object }: Scope): WordCondition | undefined {
    return isWorded(object) ? wholeWordsCondition(this.#reader.orgId, object, text) : undefined
  }

  async #parts(text: string, { object }: Scope): Promise<WordCondition | undefined> {
    return isWorded(object) ? textCondition(this.#reader, object, text) : undefined
  }

  /** Whether the row's words fulfil a condition: by the list of all that do, or, when they are too many, by looking. */
  async #hit(condition: WordCondition, scope: Scope): Promise<Condition> {
    const { object, row } = scope
    if (!isWorded(object)) {
      return always
    }
    const ids = await matchingIds(this.#reader, object, condition)
    this.#asksEach ||= ids === undefined
    return ids === undefined
      ? sql`exists (select from search_texts found where found.org_id = ${this.#reader.orgId} and found.id = ${sql.ref(`${row}.id`)} and found.words @@ ${condition.query}::tsquery)`
      : sql`${sql.ref(`${row}.id`)} = any(${ids}::text[])`
  }

  async #text(criterion: Criterion, scope: Scope): Promise<Condition> {
    const { attribute, operator, pointer } = criterion
    const text = readText(criterion.value, pointer)
    if (operator === 'equals' && attribute.identity !== undefined) {
      return this.#identified(attribute.identity, text, scope)
    }
    const held = attribute.value(scope.row)
    const words = wantedWords(text)
    const fits = (value: Expression): Condition => {
      switch (operator) {
        case 'equals':
          return sql`folded(${value}) = folded(${text}::text)`
        case 'prefix':
          return sql`folded(${value}) like ${`${likeable(folded(text))}%`}`
        default:
          return words.length === 0
            ? sql`folded(${value}) like ${`%${likeable(folded(text))}%`}`
            : joined(
                words.map((word) => sql<boolean>`folded(${value}) like ${`%${likeable(word)}%`}`),
                sql` and `,
              )
      }
    }
    const isSo: Condition = attribute.isArray
      ? sql`exists (select from unnest(${held}) each_value where ${fits(sql.ref('each_value'))})`
      : fits(held)
    const condition = operator === 'equals' ? this.#whole(text, scope) : await this.#parts(text, scope)
    // The words of the whole row, which an index knows, are asked first; the attribute decides.
    return condition === undefined || !attribute.isIndexed
      ? isSo
      : joined([await this.#hit(condition, scope), isSo], sql` and `)
  }

  #identified(kind: NonNullable<Attribute['identity']>, text: string, scope: Scope): Condition {
    const identity = { email: emailIdentity, phone: phoneIdentity, externalId: externalIdentity }[kind](text)
    return sql`${sql.ref(`${scope.row}.id`)} in (select customer_id from customer_identities where org_id = ${this.#reader.orgId} and kind = ${kind} and value = ${identity.value})`
  }

  async #listed(criterion: Criterion, scope: Scope): Promise<Condition> {
    const { attribute, operator, value, pointer } = criterion
    const held = attribute.value(scope.row)
    if (attribute.identity !== undefined && operator === 'equals') {
      return this.#identified(attribute.identity, readText(value, pointer), scope)
    }
    if (attribute.kind === 'exact' && (operator === 'contains' || operator === 'prefix')) {
      const text = likeable(folded(readText(value, pointer)))
      return sql`folded(${held}::text) like ${operator === 'prefix' ? `${text}%` : `%${text}%`}`
    }
    const values = operator === 'in' || operator === 'contains_any' ? readMany(value, pointer) : [value]
    const texts: Id[] = values.map((it) => readText(it, pointer))
    const [only] = texts
    if (attribute.isArray) {
      return sql`${held} && ${texts}::text[]`
    }
    // One value is compared by itself: an index on the column can be used.
    return texts.length === 1 ? sql`${held} = ${only}` : sql`${held} = any(${texts}::text[])`
  }

  /** Times are compared as the wire shows them, by the millisecond; a date alone means the whole day in the time zone. */
  #moment({ operator, value, pointer }: Criterion, held: Expression): Condition {
    if (operator === 'within') {
      const from = new Date(this.#now.getTime() - readSpan(value, { pointer }))
      return sql`(${held} >= ${from}::timestamptz and ${held} <= ${this.#now}::timestamptz)`
    }
    const moment = readMoment(value, { pointer })
    const begin =
      moment.kind === 'instant'
        ? sql`${moment.at}::timestamptz`
        : sql`(${moment.day}::date::timestamp at time zone ${this.#timeZone}::text)`
    const end =
      moment.kind === 'instant'
        ? sql`${new Date(moment.at.getTime() + 1)}::timestamptz`
        : sql`((${moment.day}::date + 1)::timestamp at time zone ${this.#timeZone}::text)`
    switch (operator) {
      case 'gt':
        return sql`${held} >= ${end}`
      case 'gte':
        return sql`${held} >= ${begin}`
      case 'lt':
        return sql`${held} < ${begin}`
      case 'lte':
        return sql`${held} < ${end}`
      default:
        return sql`(${held} >= ${begin} and ${held} < ${end})`
    }
  }
}

function isWorded(object: SearchObject): object is WordedObject {
  return object !== 'feedback' && object !== 'survey'
}

const conversationKey: Partial<Record<SearchObject, string>> = {
  conversation: 'id',
  message: 'conversation_id',
  note: 'conversation_id',
  survey: 'conversation_id',
}

const negatives: Partial<Record<Operator, Operator>> = {
  not_equals: 'equals',
  not_contains: 'contains',
  not_contains_any: 'contains_any',
  not_in: 'in',
}

function joined(conditions: Condition[], separator: RawBuilder<unknown>): Condition {
  return sql`(${sql.join(conditions, separator)})`
}

/** What is not known to be so is not so. */
function negated(condition: Condition): Condition {
  return sql`not coalesce(${condition}, false)`
}

function presenceOf(attribute: Attribute, row: string): Condition {
  const held = attribute.value(row)
  if (attribute.isArray) {
    return sql`cardinality(${held}) > 0`
  }
  const isText =
    attribute.kind === 'string' || attribute.kind === 'text' || attribute.kind === 'exact' || attribute.kind === 'list'
  return isText ? sql`coalesce(${held}::text, '') <> ''` : sql`${held} is not null`
}

function comparison(operator: Operator): RawBuilder<unknown> {
  switch (operator) {
    case 'gt':
      return sql`>`
    case 'gte':
      return sql`>=`
    case 'lt':
      return sql`<`
    case 'lte':
      return sql`<=`
    default:
      return sql`=`
  }
}

const longestText = 1024
const mostValues = 200

function readText(value: unknown, pointer: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value)
  }
  if (typeof value !== 'string' || value.length > longestText) {
    throw new ApiError('badparam', `needs a text of at most ${longestText} characters`, { pointer })
  }
  return value
}

function readMany(value: unknown, pointer: string): unknown[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  if (values.length > mostValues) {
    throw new ApiError('badparam', `takes at most ${mostValues} values`, { pointer })
  }
  return values
}

function readNumber(value: unknown, pointer: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw new ApiError('badparam', 'needs a number', { pointer })
  }
  return number
}

function readBoolean(value: unknown, pointer: string): boolean {
  if (value === true || value === 'true') {
    return true
  }
  if (value === false || value === 'false') {
    return false
  }
  throw new ApiError('badparam', 'needs true or false', { pointer })
}

/** The value of `set` and `not_set`: programs send true or an empty text (facts 8.2). */
function readFlag({ value, pointer }: Criterion): boolean {
  return value === '' || value === null ? true : readBoolean(value, pointer)
}

function likeable(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}
