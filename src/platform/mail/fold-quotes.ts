import { DomUtils, parseDocument } from 'htmlparser2'

type HtmlDocument = ReturnType<typeof parseDocument>
type HtmlNode = HtmlDocument['children'][number]
type HtmlElement = Extract<HtmlNode, { attribs: unknown }>

/** Where mail programs put what is answered: around it, or above it (facts 3 of mail; the marks are those programs' own). */
const around = new Set(['gmail_quote', 'gmail_quote_container', 'yahoo_quoted', 'protonmail_quote', 'zmail_extra'])
const above = new Set(['divRplyFwdMsg', 'appendonsend', 'x_divRplyFwdMsg', 'OLK_SRC_BODY_SECTION'])
const most = 20

/** Puts what a mail repeats of earlier ones behind a mark that opens. A mail that has nothing else, such as one that was passed on, stays as it is. */
export function foldQuotes(document: HtmlDocument): void {
  const folded: HtmlNode[][] = []
  for (const node of DomUtils.find((it) => isQuote(it), document.children, true, most)) {
    if (!folded.flat().some((outer) => outer === node || isWithin(node, outer))) {
      folded.push(startsBelow(node) ? [node, ...after(node)] : [node])
    }
  }
  const hidden = folded.flat().reduce((sum, node) => sum + lengthOf(node), 0)
  if (document.children.reduce((sum, node) => sum + lengthOf(node), 0) === hidden) {
    return
  }
  for (const nodes of folded) {
    fold(nodes)
  }
}

function isElement(node: HtmlNode): node is HtmlElement {
  return 'attribs' in node
}

function isQuote(node: HtmlNode): boolean {
  if (!isElement(node)) {
    return false
  }
  const { class: classes = '', id = '', type = '' } = node.attribs
  return (
    above.has(id) ||
    (node.name === 'blockquote' && type === 'cite') ||
    classes.split(/\s+/).some((name) => around.has(name))
  )
}

function startsBelow(node: HtmlNode): boolean {
  return isElement(node) && above.has(node.attribs['id'] ?? '')
}

function after(node: HtmlNode): HtmlNode[] {
  const next = DomUtils.getSiblings(node) as HtmlNode[]
  return next.slice(next.indexOf(node) + 1)
}

function isWithin(node: HtmlNode, outer: HtmlNode): boolean {
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (parent === outer) {
      return true
    }
  }
  return false
}

/** Of what is to be seen: letters, and pictures. */
function lengthOf(node: HtmlNode): number {
  const pictures = isElement(node) ? DomUtils.getElementsByTagName('img', node).length : 0
  return DomUtils.textContent(node).trim().length + pictures
}

function fold(nodes: HtmlNode[]): void {
  const [first] = nodes
  const [details] = parseDocument('<details><summary title="Show what it answers">•••</summary></details>').children
  if (first === undefined || details === undefined || !isElement(details)) {
    return
  }
  DomUtils.prepend(first, details)
  for (const node of nodes) {
    DomUtils.appendChild(details, node) // takes it out of where it was
  }
}
