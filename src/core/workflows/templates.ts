import mustache from 'mustache'

import { asText } from './as-text.ts'
import { LimitReached } from './limits.ts'

const longestText = 200_000
const mostParts = 50_000
const templatesKept = 1_000

/** What the parser gives: the kind of part, what it says, and for a section its parts. */
type Token = string[]

/** Looks only into what a document holds itself: `constructor` and the like are names like any other. */
class PlainContext extends mustache.Context {
  private readonly own: unknown
  private readonly outer: PlainContext | undefined

  constructor(view: unknown, outer?: PlainContext) {
    super(view, outer)
    this.own = view
    this.outer = outer
  }

  override push(view: unknown): PlainContext {
    return new PlainContext(view, this)
  }

  override lookup(name: string): unknown {
    if (name === '.') {
      return this.own
    }
    const names = name.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
    const first = names[0] ?? ''
    if (typeof this.own !== 'object' || this.own === null || !Object.hasOwn(this.own, first)) {
      return this.outer?.lookup(name)
    }
    let value: unknown = this.own
    for (const part of names) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) {
        return undefined
      }
      value = (value as Record<string, unknown>)[part]
    }
    return value
  }
}

/** Writes one text, no longer and of no more parts than it may have. */
class BoundedWriter extends mustache.Writer {
  private parts = 0
  private length = 0

  override renderTokens(...given: Parameters<InstanceType<typeof mustache.Writer>['renderTokens']>): string {
    this.parts += 1 + given[0].length
    if (this.parts > mostParts) {
      throw new LimitReached(`A template gives more than ${mostParts} parts; look at what it repeats.`)
    }
    return super.renderTokens(...given)
  }

  override rawValue(token: Token): string {
    return this.counted(token[1] ?? '')
  }

  override unescapedValue(token: Token, context: PlainContext): string {
    return this.counted(asText(context.lookup(token[1] ?? '')))
  }

  override escapedValue(token: Token, context: PlainContext): string {
    return this.counted(mustache.escape(asText(context.lookup(token[1] ?? ''))))
  }

  override renderPartial(): string {
    return ''
  }

  private counted(text: string): string {
    this.length += text.length
    if (this.length > longestText) {
      throw new LimitReached(`A template gives more than ${longestText} characters.`)
    }
    return text
  }
}

const parsed = new Map<string, Token[]>()

function parse(template: string): Token[] {
  const known = parsed.get(template)
  if (known !== undefined) {
    return known
  }
  const tokens = mustache.parse(template) as unknown as Token[]
  mustache.clearCache()
  if (parsed.size >= templatesKept) {
    parsed.clear()
  }
  parsed.set(template, tokens)
  return tokens
}

/** Why a text is no template; undefined when it is one, or has no mark of one. */
export function templateProblem(template: string): string | undefined {
  try {
    if (template.includes('{{')) {
      parse(template)
    }
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Fills in `{{ }}`, escaped for HTML, and `{{{ }}}`, as it is (facts 4.1). Throws `LimitReached` for what does not end. */
export function renderTemplate(template: string, scope: object): string {
  if (!template.includes('{{')) {
    return template
  }
  return new BoundedWriter().renderTokens(parse(template), new PlainContext(scope), undefined, template)
}
