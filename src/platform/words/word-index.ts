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

const insertStatement = batchStatement<never>(
  `insert into search_texts (org_id, id, kind, words)
   select $1, t.id, $2, array_to_tsvector(t.words) from jsonb_to_recordset($3::jsonb) as t (id text, words text[])
   on conflict (org_id, id) do update set words = excluded.words where search_texts.words is distinct from excluded.words`,
)
const vocabularyStatement = batchStatement<never>(
  `insert into search_words (org_id, word) select $1, word from unnest($2::text[]) as word order by word on conflict do nothing`,
)
const removeStatement = batchStatement<never>('delete from search_texts where org_id = $1 and id = any($2::text[])')

/** Makes texts findable by their words, in the transaction that writes them. */
export async function indexTexts(tx: Tx, kind: TextKind, texts: Text[]): Promise<void> {
  if (texts.length === 0) {
    return
  }
  const rows = texts.map((it) => ({ id: it.id, words: wordsOf(it.texts) }))
  await tx.rows(insertStatement, [tx.orgId, kind, JSON.stringify(rows)])
  await tx.rows(vocabularyStatement, [tx.orgId, [...new Set(rows.flatMap((row) => row.words))]])
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
/** How many words of the vocabulary one part may stand for. */
const mostMeanings = 500

const meaningsStatement = batchStatement<{ word: string }>(`select word from search_words_with($1, $2) as word`)

/**
 * The condition, in the language of the word index, under which a text has every word of `text`, each as a part of one
 * of its own words. Undefined when there is no word in `text` at all.
 */
export async function textCondition(reader: Reader, kind: TextKind, text: string): Promise<string | undefined> {
  const wanted = wantedWords(text)
  if (wanted.length === 0) {
    return undefined
  }
  const conditions: string[] = []
  for (const word of wanted.slice(0, mostWantedWords)) {
    conditions.push(await partCondition(reader, kind, word))
  }
  return conditions.join(' & ')
}

const mostWantedWords = 12

async function partCondition(reader: Reader, kind: TextKind, word: string): Promise<string> {
  if (isUnspaced(word)) {
    return wholeWord(word)
  }
  if (word.length < shortestPart) {
    return word.length < shortestBeginning[kind] ? quoted(word) : `${quoted(word)}:*`
  }
  const meanings = await reader.rows(meaningsStatement, [word, mostMeanings])
  const inside = meanings.filter((row) => !row.word.startsWith(word)).map((row) => quoted(row.word))
  return `(${[`${quoted(word)}:*`, ...inside].join(' | ')})`
}

/** The condition under which a text has all words of `text` as whole words. */
export function wholeWordsCondition(text: string): string | undefined {
  const wanted = wantedWords(text)
  return wanted.length === 0 ? undefined : wanted.slice(0, mostWantedWords).map(wholeWord).join(' & ')
}

/** One character of an unspaced script is kept together with its neighbour. */
function wholeWord(word: string): string {
  return isUnspaced(word) && Array.from(word).length === 1 ? `${quoted(word)}:*` : quoted(word)
}

function quoted(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** More matches than this are not worth listing: then each candidate is asked instead whether it has the words. */
const mostMatches = 2_000

const matchesStatement = batchStatement<{ id: Id }>(`select id from search_matches($1, $2::tsquery, $3) as id`)

/** The ids of the texts of `kind` that fulfil a condition, or undefined when they are too many to list. */
export async function matchingIds(reader: Reader, kind: TextKind, condition: string): Promise<Id[] | undefined> {
  const rows = await reader.rows(matchesStatement, [kind, condition, mostMatches + 1])
  return rows.length > mostMatches ? undefined : rows.map((row) => row.id)
}
