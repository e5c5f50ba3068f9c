/** What a mail may have at most; what has more is kept as it came and not parsed. */
export const mailLimits = {
  bytes: 26_214_400, // as most providers of mailboxes take
  headerBytes: 262_144,
  headerLines: 2_000,
  boundaryLines: 1_000, // the parser limits depth, not breadth: 50,000 parts in 1.8 MB cost it 2 seconds and 236 MB
  nesting: 30,
  textCharacters: 100_000, // of the text that is shown; the whole stays in the raw mail
  htmlCharacters: 2_000_000,
  attachments: 100,
} as const

const lineFeed = 10

/** Why a mail is not given to the parser, from a look at its bytes that costs next to nothing; undefined when it may be. */
export function tooComplex(raw: Buffer): string | undefined {
  const end = endOfHeader(raw)
  if (end > mailLimits.headerBytes) {
    return `Its header has ${end} bytes; ${mailLimits.headerBytes} are read.`
  }
  let lines = 0
  for (let at = raw.indexOf(lineFeed); at !== -1 && at < end; at = raw.indexOf(lineFeed, at + 1)) {
    lines += 1
  }
  if (lines > mailLimits.headerLines) {
    return `Its header has ${lines} lines; ${mailLimits.headerLines} are read.`
  }
  let boundaries = 0
  for (let at = raw.indexOf('\n--'); at !== -1; at = raw.indexOf('\n--', at + 1)) {
    boundaries += 1
    if (boundaries > mailLimits.boundaryLines) {
      return `It has more than ${mailLimits.boundaryLines} lines that may begin a part.`
    }
  }
  return undefined
}

/** Where the header of a mail ends: at its first empty line, or at its end. */
export function endOfHeader(raw: Buffer): number {
  const [crlf, lf] = [raw.indexOf('\r\n\r\n'), raw.indexOf('\n\n')]
  const found = [crlf, lf].filter((at) => at !== -1)
  return found.length === 0 ? raw.length : Math.min(...found)
}
