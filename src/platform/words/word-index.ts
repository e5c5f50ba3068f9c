import { batchStatement } from '../db/database.ts'
import type { Reader, Tx } from '../db/database.ts'
import type { Id } from '../ids.ts'
import { isUnspaced, wantedWords, wordsOf } from './words.ts'

/** What kind of thing a text belongs to; each is looked through by itself. */
export type TextKind = 'customer' | 'company' | 'conversation' | 'message' | 'note' | 'kobject'

export interface Text {
  id: Id
  texts: string[]
}

const letters: Record<TextKind, string> = {
  customer: 'u',
  company: 'o',
  conversation: 'v',
  message: 'm',
  note: 'n',
  kobject: 'k',
}

/** What every word of an organisation's texts of one kind begins with. Two organisations may share one; their rows are told apart all the same. */
export function markOf(orgId: Id, kind: TextKind): string {
  return orgId.slice(-6) + letters[kind]
}

const insertStatement = batchStatement<never>(
  `insert into search_texts (org_id, id, kind, words)
   select $1, t.id, $2, array_to_tsvector(t.words) from jsonb_to_recordset($3::jsonb) as t (id text, words text[])
   on conflict (org_id, id) do update set words = excluded.words where search_texts.words is distinct from excluded.words`,
)
const vocabularyStatement = batchStatement<{ word: string }>(
  `insert into search_words (org_id, word) select $1, word from unnest($2::text[]) as word order by word on conflict do nothing returning word`,
)
const removeStatement = batchStatement<never>('delete from search_texts where org_id = $1 and id = any($2::text[])')

/** Makes texts findable by their words, in the transaction that writes them. */
export async function indexTexts(tx: Tx, kind: TextKind, texts: Text[]): Promise<void> {
  if (texts.length === 0) {
    return
  }
  const mark = markOf(tx.orgId, kind)
  const vocabulary = new Set<string>()
  const rows = texts.map((it) => {
    const words = wordsOf(it.texts)
    for (const word of words) {
      vocabulary.add(word)
    }
    return { id: it.id, words: words.map((word) => mark + word) }
  })
  await tx.rows(insertStatement, [tx.orgId, kind, JSON.stringify(rows)])
  await addToVocabulary(tx, vocabulary)
}

const mostKept = 100_000
/** Words that some transaction has committed, each after its organisation: they never leave the vocabulary. */
const kept = new Set<string>()
/** Words that a transaction has added itself: they are there for it, and for others when it commits. */
const addedBy = new WeakMap<Tx, Set<string>>()

/** Adds words to the organisation's vocabulary. Those that are known to be there are not asked about again. */
async function addToVocabulary(tx: Tx, words: Set<string>): Promise<void> {
  const own = addedBy.get(tx) ?? new Set<string>()
  addedBy.set(tx, own)
  const unknown = [...words].filter((word) => !own.has(word) && !kept.has(tx.orgId + word))
  if (unknown.length === 0) {
    return
  }
  for (const { word } of await tx.rows(vocabularyStatement, [tx.orgId, unknown])) {
    own.add(word)
  }
  if (kept.size > mostKept) {
    kept.clear()
  }
  for (const word of unknown) {
    if (!own.has(word)) {
      kept.add(tx.orgId + word)
    }
  }
}

export async function removeTexts(tx: Tx, ids: Id[]): Promise<void> {
  await tx.rows(removeStatement, [tx.orgId, ids])
}

/** Below this many letters a word is looked for whole: nearly every message has a word that begins with `th`. */
const shortestBeginning: Record<TextKind, number> = {
  customer: 1,
  company: 1,
  conversation: 2,
  message: 3,
  note: 3,
  kobject: 3,
}
/** Below this many letters a word is not looked for inside others. */
const shortestPart = 3
/** How many words of the vocabulary one part may stand for; beyond, all that begin with it and so many others. */
const mostMeanings = 500
/** With more alternatives than this in it, a condition is dear to the index: then they are looked for one by one. */
const mostAlternatives = 30
const mostWantedWords = 12

const meaningsStatement = batchStatement<{ word: string }>(`select word from search_words_with($1, $2) as word`)
const beginningsStatement = batchStatement<{ word: string }>(
  'select word from search_words where org_id = $1 and word >= $2 and word < $3 limit $4',
)

/** What the words of a text must be, in the language of the word index. */
export interface WordCondition {
  query: string
  /** The alternatives of that part of `query` which has the most, when they are too many for one look at the index. */
  alternatives: string[] | undefined
}

/**
 * The condition under which a text of `kind` has every word of `text`, each as a part of one of its own words. Undefined
 * when there is no word in `text` at all.
 */
export async function textCondition(reader: Reader, kind: TextKind, text: string): Promise<WordCondition | undefined> {
  const wanted = wantedWords(text)
  if (wanted.length === 0) {
    return undefined
  }
  const parts: string[][] = []
  for (const word of wanted.slice(0, mostWantedWords)) {
    parts.push(await meaningsOf(reader, kind, word))
  }
  const [largest = []] = parts.toSorted((a, b) => b.length - a.length)
  return {
    query: parts.map((part) => (part.length === 1 ? part[0] : `(${part.join(' | ')})`)).join(' & '),
    alternatives: largest.length > mostAlternatives ? largest : undefined,
  }
}

/** What one word may stand for: whole words of the vocabulary, and, where they are too many, all that begin with it. */
async function meaningsOf(reader: Reader, kind: TextKind, word: string): Promise<string[]> {
  const mark = markOf(reader.orgId, kind)
  if (isUnspaced(word)) {
    return [wholeWord(mark, word)]
  }
  if (word.length < shortestBeginning[kind]) {
    return [quoted(mark + word)]
  }
  const rows =
    word.length < shortestPart
      ? await reader.rows(beginningsStatement, [reader.orgId, word, `${word}\u{10FFFF}`, mostMeanings])
      : await reader.rows(meaningsStatement, [word, mostMeanings])
  if (rows.length === mostMeanings) {
    const inside = rows.filter((row) => !row.word.startsWith(word)).map((row) => quoted(mark + row.word))
    return [`${quoted(mark + word)}:*`, ...inside]
  }
  return rows.length === 0 ? [quoted(mark + word)] : rows.map((row) => quoted(mark + row.word))
}

/** The condition under which a text has all words of `text` as whole words. */
export function wholeWordsCondition(orgId: Id, kind: TextKind, text: string): WordCondition | undefined {
  const wanted = wantedWords(text)
  const mark = markOf(orgId, kind)
  return wanted.length === 0
    ? undefined
    : {
        query: wanted
          .slice(0, mostWantedWords)
          .map((word) => wholeWord(mark, word))
          .join(' & '),
        alternatives: undefined,
      }
}

/** One character of an unspaced script is kept together with its neighbour. */
function wholeWord(mark: string, word: string): string {
  return isUnspaced(word) && Array.from(word).length === 1 ? `${quoted(mark + word)}:*` : quoted(mark + word)
}

function quoted(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** More matches than this are not worth listing: then each candidate is asked instead whether it has the words. */
const mostMatches = 5_000
const mostFrequent = 2_000
const longestFrequent = 1_000 // in characters
/**
 * Conditions that had too many matches to list, each after its organisation and kind. What is frequent stays so, and
 * where it does not, asking each candidate is right all the same.
 */
const frequent = new Set<string>()

const matchesStatement = batchStatement<{ id: Id }>(`select id from search_matches($1, $2::tsquery, $3) as id`)
const anyStatement = batchStatement<{ id: Id }>(
  `select id from search_matches_any($1, $2::text[]::tsquery[], $3::tsquery, $4) as id`,
)

/** The ids of the texts of `kind` that fulfil a condition, or undefined when they are too many to list. */
export async function matchingIds(
  reader: Reader,
  kind: TextKind,
  { query, alternatives }: WordCondition,
): Promise<Id[] | undefined> {
  const key = `${reader.orgId} ${kind} ${query}`
  if (frequent.has(key)) {
    return undefined
  }
  const rows =
    alternatives === undefined
      ? await reader.rows(matchesStatement, [kind, query, mostMatches + 1])
      : await reader.rows(anyStatement, [kind, alternatives, query, mostMatches + 1])
  if (rows.length <= mostMatches) {
    return rows.map((row) => row.id)
  }
  if (frequent.size >= mostFrequent) {
    frequent.clear()
  }
  if (key.length <= longestFrequent) {
    frequent.add(key)
  }
  return undefined
}
