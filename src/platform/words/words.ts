/** How text becomes words that can be found, the same way when it is written and when it is looked for. */

const accents = /[\u0300-\u036F]/gu
const gaps = /[^\p{L}\p{N}\p{M}]+/u
const asciiGaps = /[^a-z0-9]+/
// Scripts that write no spaces: two neighbouring characters stand for a word.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu

const longestWord = 64
/** A text of 50,000 characters has some 8,000 words. */
const mostWords = 10_000

const ascii = /^\p{ASCII}*$/u

/** Lower case, without accents, in one spelling of each letter. */
export function folded(text: string): string {
  return ascii.test(text)
    ? text.toLowerCase()
    : text.normalize('NFKD').replaceAll(accents, '').normalize('NFC').toLowerCase()
}

/** The words of `texts` as they are kept: each once. */
export function wordsOf(texts: readonly string[]): string[] {
  const words = new Set<string>()
  for (const text of new Set(texts)) {
    const plain = folded(text)
    const isAscii = ascii.test(plain)
    // Whether any of it is written without spaces is asked once for the whole text: most texts have none.
    const hasUnspaced = !isAscii && plain.search(unspaced) !== -1
    for (const piece of plain.split(isAscii ? asciiGaps : gaps)) {
      if (!hasUnspaced) {
        words.add(short(piece))
        continue
      }
      for (const word of cut(piece)) {
        words.add(word)
      }
    }
  }
  words.delete('')
  return words.size > mostWords ? [...words].slice(0, mostWords) : [...words]
}

/** A piece's words: what stands between unspaced characters, and each two neighbours of these. */
function* cut(piece: string): Generator<string> {
  for (const word of piece.replaceAll(unspaced, ' ').split(' ')) {
    yield short(word)
  }
  for (const [run] of piece.matchAll(unspaced)) {
    const characters = Array.from(run)
    for (const [index, character] of characters.entries()) {
      yield character + (characters[index + 1] ?? '')
    }
  }
}

/** Words to look for. A word of an unspaced script is looked for by each two neighbours in it, or as the one character it is. */
export function wantedWords(text: string): string[] {
  const wanted = new Set<string>()
  for (const piece of folded(text.toWellFormed().replaceAll('\0', '')).split(gaps)) {
    for (const word of piece.replaceAll(unspaced, ' ').split(' ')) {
      if (word !== '') {
        wanted.add(short(word))
      }
    }
    for (const [run] of piece.matchAll(unspaced)) {
      const characters = Array.from(run)
      const pairs = characters.slice(0, -1).map((character, index) => character + (characters[index + 1] ?? ''))
      for (const pair of pairs.length === 0 ? characters : pairs) {
        wanted.add(pair)
      }
    }
  }
  return [...wanted]
}

/** Whether a word is written without spaces around it, so that one character of it says as much as a word. */
export function isUnspaced(word: string): boolean {
  return word.search(unspaced) === 0
}

function short(word: string): string {
  return word.length > longestWord ? word.slice(0, longestWord).toWellFormed() : word
}
