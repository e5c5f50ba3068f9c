import { DomUtils, parseDocument } from 'htmlparser2'
import sanitize from 'sanitize-html'

import { foldQuotes } from './fold-quotes.ts'

export interface SafeHtml {
  /** The inside of a document's body. Nothing in it runs, posts, navigates by itself or has an address that does. */
  html: string
  /** How many pictures it would fetch from elsewhere; without `remoteImages` they are left out. */
  remoteImages: number
}

export interface SafeHtmlOptions {
  /** Fetching a picture tells its sender that, when and where the mail was read. */
  remoteImages: boolean
  /** Where the files are that the HTML calls by their Content-ID. */
  inline: Readonly<Record<string, string>>
}

const deepest = 150

/** Sizes, colours and the like. Nothing that fetches (`url(…)`), lies over what is around it, or hides. */
const plainValue = /^(?!.*(?:url|expression|image-set|attr)\s*\()[\w\s#.,%()'"/!+-]{1,200}$/i
const styles =
  words(`color background-color background font font-family font-size font-style font-weight text-align text-decoration
  text-indent text-transform line-height letter-spacing vertical-align white-space direction width max-width min-width height max-height
  margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom padding-left border border-top
  border-right border-bottom border-left border-color border-style border-width border-radius border-collapse border-spacing
  list-style-type display float`)
const tags =
  words(`a abbr address article b big blockquote br caption center cite code col colgroup dd del div dl dt em figcaption figure
  font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s section small span strike strong sub sup table tbody td
  tfoot th thead time tr tt u ul`)

function words(text: string): string[] {
  return text.split(/\s+/)
}

/** The allow-list by which a mail's HTML is shown; it is the first of two walls, the frame without scripts the second. */
export function safeHtml(html: string, { remoteImages, inline }: SafeHtmlOptions): SafeHtml {
  let remote = 0
  const clean = sanitize(html, {
    nestingLimit: deepest,
    allowedTags: tags,
    allowedAttributes: {
      '*': ['style', 'dir', 'lang', 'align', 'valign', 'bgcolor', 'width', 'height', 'title', 'class', 'id'],
      a: ['href', 'target', 'rel'],
      blockquote: ['type'],
      font: ['color', 'face', 'size'],
      img: ['src', 'alt', 'border'],
      ol: ['start', 'type'],
      table: ['border', 'cellpadding', 'cellspacing', 'role'],
      td: ['colspan', 'rowspan', 'nowrap'],
      th: ['colspan', 'rowspan', 'nowrap', 'scope'],
    },
    allowedStyles: { '*': Object.fromEntries(styles.map((name) => [name, [plainValue]])) },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['http', 'https', 'cid', 'data'] },
    allowProtocolRelative: false,
    transformTags: {
      a: (tagName, attribs) => ({
        tagName,
        attribs: { ...attribs, target: '_blank', rel: 'noopener noreferrer nofollow' },
      }),
      img: (tagName, attribs) => {
        const { src = '', ...others } = attribs
        const shown = pictureOf(src, inline)
        remote += shown === 'remote' ? 1 : 0
        const address = shown === 'remote' ? (remoteImages ? src : undefined) : shown
        return { tagName, attribs: address === undefined ? others : { ...others, src: address } }
      },
    },
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && attribs['src'] === undefined && isInvisible(attribs),
  })
  const document = parseDocument(clean)
  foldQuotes(document)
  return { html: DomUtils.getInnerHTML(document), remoteImages: remote }
}

function pictureOf(src: string, inline: Readonly<Record<string, string>>): string | undefined {
  const address = src.trim()
  if (/^cid:/i.test(address)) {
    return inline[decoded(address.slice('cid:'.length))]
  }
  if (/^data:image\/(?:png|jpe?g|gif|webp);base64,[\w+/=\s]*$/i.test(address)) {
    return address
  }
  return /^https?:\/\//i.test(address) ? 'remote' : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Pictures of one dot, made to tell that the mail was read. */
function isInvisible({ width, height, alt }: Record<string, string>): boolean {
  return ['0', '1'].includes(width ?? '') || ['0', '1'].includes(height ?? '') || (alt ?? '') === ''
}
