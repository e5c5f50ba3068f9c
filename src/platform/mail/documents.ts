import { Parser } from 'htmlparser2'

export interface HtmlDocument {
  key: string | undefined
  value: unknown
}

const types = new Set(['application/ld+json', 'application/json'])
const keyAttribute = 'data-kustomer-key' // [documented] facts on mail, 1.2: the only secret of such a mail
const mostDocuments = 20

/** The JSON that an HTML text carries for programs; what cannot be read is left out. */
export function documentsIn(html: string): HtmlDocument[] {
  const found: HtmlDocument[] = []
  let open: { key: string | undefined; text: string } | undefined
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (name === 'script' && types.has((attributes['type'] ?? '').toLowerCase())) {
        open = { key: attributes[keyAttribute], text: '' }
      }
    },
    ontext: (text) => {
      if (open !== undefined) {
        open.text += text
      }
    },
    onclosetag: (name) => {
      if (name !== 'script' || open === undefined) {
        return
      }
      const { key, text } = open
      open = undefined
      try {
        if (found.length < mostDocuments) {
          found.push({ key, value: JSON.parse(text) })
        }
      } catch {
        // Not JSON, whatever the tag says.
      }
    },
  })
  parser.end(html)
  return found
}
