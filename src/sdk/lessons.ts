import type { Mail } from './mail.ts'

/** What somebody says that a mail means: what it is about, and what stands where, by the names of the app's fields. */
export interface Taught {
  kind: string
  values: Readonly<Record<string, string>>
}

/** A line in which values stand: the words around them are the shape, the values are what each mail has of its own. */
interface LinePattern {
  /** In their order in the line. */
  fields: readonly string[]
  /** What stands before, between and after them: one more than fields. */
  words: readonly string[]
  /** The whole line above, where the line itself begins with a value. */
  above: string
  /** How the line begins at which the last value ends; undefined: it ends in its own line, or with the mail. */
  until: string | undefined
  /** The last value goes on over several lines. */
  isLong: boolean
}

/** What was learned from one mail, for the next of its shape. */
export interface Lesson {
  kind: string
  /** The domain that the mail was from. */
  from: string
  /** The subject with its numbers left open. */
  subject: string
  patterns: readonly LinePattern[]
}

/** What a lesson is made of, and applied to. */
type ReadMail = Pick<Mail, 'from' | 'subject' | 'text'>

/** A value that is said to stand in a mail and does not. */
export class NotInMail extends Error {
  override readonly name = 'NotInMail'
  readonly field: string

  constructor(field: string) {
    super('does not stand in the mail; copy it as it is written there')
    this.field = field
  }
}

/** The lines of a mail that have something in them, without the marks of forwarding. */
export function linesOfMail({ text }: Pick<Mail, 'text'>): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/^(?:>\s?)+/, '').trim())
    .filter((line) => line !== '')
}

/** Makes a lesson of what is said of a mail. Throws `NotInMail` for a value that does not stand in it. */
export function lessonFrom(mail: ReadMail, { kind, values }: Taught): Lesson {
  const lines = linesOfMail(mail)
  const places = Object.entries(values)
    .filter(([, value]) => value.trim() !== '')
    .map(([field, value]) => placeOf(lines, field, linesOfMail({ text: value })))
  const byLine = Map.groupBy(places, (place) => place.at)
  return { ...shapeOf(mail), kind, patterns: [...byLine].map(([at, held]) => patternOf(lines, at, held)) }
}

/** What a lesson says of another mail; undefined for one of another shape. */
export function applyLesson({ kind, from, subject, patterns }: Lesson, mail: ReadMail): Taught | undefined {
  const shape = shapeOf(mail)
  if (shape.from !== from || (patterns.length === 0 && shape.subject !== subject)) {
    return undefined
  }
  const lines = linesOfMail(mail)
  const found = patterns.flatMap((pattern) => valuesAt(lines, pattern) ?? [])
  // A line may be missing, such as a title that nobody gave; a mail that has less than half of them is another.
  const wanted = patterns.reduce((sum, pattern) => sum + pattern.fields.length, 0)
  return found.length * 2 < wanted ? undefined : { kind, values: Object.fromEntries(found) }
}

function shapeOf({ from, subject }: ReadMail): Pick<Lesson, 'from' | 'subject'> {
  const address = from?.address ?? ''
  return {
    from: address.slice(address.lastIndexOf('@') + 1).toLowerCase(),
    subject: subject.toLowerCase().replaceAll(/\d+/g, '#').trim(),
  }
}

interface Place {
  field: string
  /** The line where it begins, and the one where it ends. */
  at: number
  end: number
  column: number
  /** Of it in its first line. */
  first: string
  isLong: boolean
}

const longLine = 40

function placeOf(lines: string[], field: string, value: string[]): Place {
  const [first = ''] = value
  const last = value.at(-1) ?? ''
  const candidates = lines.flatMap((line, at) => {
    const column = line.indexOf(first)
    const end = at + value.length - 1
    const goesOn = value.slice(1, -1).every((it, index) => lines[at + 1 + index] === it)
    const isWhole = value.length === 1 || (line.endsWith(first) && goesOn && lines[end]?.startsWith(last) === true)
    return column === -1 || !isWhole ? [] : [{ at, end, column }]
  })
  // Behind a label, or alone in its line, before words in the middle of a text.
  const best =
    candidates.find(({ at, column }) => column > 0 && /[:：]\s*$/u.test((lines[at] ?? '').slice(0, column))) ??
    candidates.find(({ at }) => lines[at] === first) ??
    candidates[0]
  if (best === undefined) {
    throw new NotInMail(field)
  }
  return { ...best, field, first, isLong: value.length > 1 || first.length > longLine }
}

function patternOf(lines: string[], at: number, places: Place[]): LinePattern {
  const line = lines[at] ?? ''
  const held = places
    .toSorted((a, b) => a.column - b.column)
    .filter((it, index, all) => {
      const before = all[index - 1]
      return before === undefined || it.column >= before.column + before.first.length
    })
  const words = held.map((it, index) => {
    const before = held[index - 1]
    return line.slice(before === undefined ? 0 : before.column + before.first.length, it.column)
  })
  const last = held.at(-1)
  const isLong = last?.isLong === true
  return {
    fields: held.map((it) => it.field),
    words: [...words, last === undefined || isLong ? '' : line.slice(last.column + last.first.length)],
    above: words[0] === '' ? (lines[at - 1] ?? '') : '',
    until: isLong ? beginningOf(lines[(last?.end ?? at) + 1]) : undefined,
    isLong,
  }
}

/** A label where the line has one: what follows it is another mail's own. */
function beginningOf(line: string | undefined): string | undefined {
  return line === undefined ? undefined : (/^[^:：]{1,40}[:：]/u.exec(line)?.[0] ?? line)
}

function valuesAt(lines: string[], pattern: LinePattern): [field: string, value: string][] | undefined {
  const startsWithValue = pattern.words[0] === ''
  for (const [at, line] of lines.entries()) {
    const isPlace = !startsWithValue || (pattern.above === '' ? at === 0 : lines[at - 1] === pattern.above)
    const values = isPlace ? valuesIn(line, pattern.words) : undefined
    if (values !== undefined) {
      const { until, isLong } = pattern
      const end = lines.findIndex((other, index) => index > at && until !== undefined && other.startsWith(until))
      const more = isLong ? lines.slice(at + 1, end === -1 ? lines.length : end) : []
      return pattern.fields.map((field, index) => {
        const isLast = index === pattern.fields.length - 1
        return [field, [values[index] ?? '', ...(isLast ? more : [])].join('\n')]
      })
    }
  }
  return undefined
}

/** What stands between the words of a shape; undefined where they are not there, or nothing is between them. */
function valuesIn(line: string, words: readonly string[]): string[] | undefined {
  const [before = '', ...others] = words
  if (!line.startsWith(before)) {
    return undefined
  }
  let from = before.length
  const values: string[] = []
  for (const [index, word] of others.entries()) {
    const isLast = index === others.length - 1
    const to = isLast ? (line.endsWith(word) ? line.length - word.length : -1) : line.indexOf(word, from)
    if (to <= from) {
      return undefined
    }
    values.push(line.slice(from, to).trim())
    from = to + word.length
  }
  return values.every((value) => value !== '') ? values : undefined
}
