import { markOf } from '../src/platform/words/word-index.ts'
import { connectOwner } from './target.ts'
import type { Target } from './target.ts'

/** What the records are read and looked for by. */
export interface Records {
  customers: string[]
  conversations: string[]
  /** Who some open conversations are assigned to. */
  userId: string
}

const messagesPerConversation = 50
/** How many different words the texts are made of; the low numbers come far more often, as in real texts. */
export const vocabulary = 20_000

const id = (letter: string, number: string) => `'${letter}' || lpad(to_hex(${number}), 23, '0')`
// Word n is as frequent as the square root of its place lets it be: the first is in a third of all texts, the last in few.
const word = `'k' || floor(${vocabulary} * power(random(), 3))::int || 'ish'`
const text = (words: number) => `(select string_agg(${word}, ' ') from generate_series(1, ${words} + 0 * n))`

const filled = new WeakMap<Target, Promise<Records>>()

/** The same as `fill`, once for each organisation: what one section filled in, the next reads. */
export function fillRecords(target: Target, count: number): Promise<Records> {
  const records = filled.get(target) ?? fill(target, count)
  filled.set(target, records)
  return records
}

/**
 * Fills an organisation with `count` customers, as many messages in conversations of 50, and as many objects of the app's
 * klass with feedback, each with a text that can be found by its words.
 */
async function fill(target: Target, count: number): Promise<Records> {
  await using owner = await connectOwner(target)
  const { client } = owner
  const conversations = count / messagesPerConversation
  const run = (query: string) => client.query(query.replaceAll('$1', `'${target.orgId}'`))
  await client.query('drop index search_texts_words')
  await client.query('drop index search_words_parts')
  await run(
    `insert into customers (org_id, id, name, updated_at, open_conversations)
     select $1, ${id('a', 'n')}, 'Name' || n || ' Family' || (n % 5000), now() - n * interval '1 second', 1 from generate_series(1, ${count}) n`,
  )
  await run(
    `insert into conversations (org_id, id, customer_id, name, status, assigned_users, channels, inbound_count, created_at, updated_at, last_message_at)
     select $1, ${id('b', 'n')}, ${id('a', 'n')}, 'Conversation ' || n, case when n % 20 = 0 then 'open' else 'done' end,
       case when n % 100 = 0 then array['${target.orgId}'] else '{}' end, '{email}', ${messagesPerConversation}, now() - n * interval '1 minute', now() - n * interval '1 minute', now() - n * interval '1 minute'
     from generate_series(1, ${conversations}) n`,
  )
  await run(
    `insert into messages (org_id, id, conversation_id, customer_id, app, channel, direction, direction_type, preview, status, sent_at, updated_at)
     select $1, ${id('c', 'n')}, ${id('b', `(n - 1) / ${messagesPerConversation} + 1`)}, ${id('a', `(n - 1) / ${messagesPerConversation} + 1`)}, 'bench', 'email', case when n % 2 = 0 then 'in' else 'out' end, 'response-in',
       ${text(25)}, 'received', now() - n * interval '1 second', now() - n * interval '1 second' from generate_series(1, ${count}) n`,
  )
  await run(
    `insert into kobjects (org_id, id, klass, customer_id, external_id, source, title, description, custom, version_at, created_at, updated_at)
     select $1, ${id('d', 'n')}, 'net-promoter-score', ${id('a', 'n')}, 'record' || n, '${target.installationId}', 'Rating ' || n % 11, ${text(25)},
       jsonb_build_object('scoreNum', n % 11), now(), now() - n * interval '1 second', now() - n * interval '1 second' from generate_series(1, ${count}) n`,
  )
  await run(
    `insert into feedback (org_id, id, app, installation_id, delivery_id, kind, metric, score, scale_min, scale_max, sentiment, customer_id, body, trust, responded_at, version_at)
     select $1, id, 'bench', '${target.installationId}', '${target.installationId}', 'survey', 'nps', (custom ->> 'scoreNum')::int, 0, 10,
       case when (custom ->> 'scoreNum')::int < 7 then 'negative' else 'positive' end, customer_id, null, 'secret', created_at, now() from kobjects where org_id = $1 and external_id like 'record%'`,
  )
  for (const [kind, table, expression] of [
    ['customer', 'customers', 'name'],
    ['message', 'messages', 'preview'],
    ['kobject', 'kobjects', `title || ' ' || description`],
  ] as const) {
    await run(
      `insert into search_texts (org_id, id, kind, words)
       select org_id, id, '${kind}', array_to_tsvector(array(select distinct '${markOf(target.orgId, kind)}' || w from unnest(string_to_array(lower(${expression}), ' ')) w)) from ${table} where org_id = $1`,
    )
  }
  await run(
    `insert into search_words (org_id, word) select $1, 'k' || n || 'ish' from generate_series(0, ${vocabulary - 1}) n on conflict do nothing`,
  )
  await run(
    `insert into search_words (org_id, word) select $1, w from (select 'name' || n as w from generate_series(1, ${count}) n union select 'family' || n from generate_series(0, 4999) n) words on conflict do nothing`,
  )
  await client.query(`set maintenance_work_mem = '512MB'`)
  await client.query(
    'create index search_texts_words on search_texts using gin (words) with (gin_pending_list_limit = 1024)',
  )
  await client.query('create index search_words_parts on search_words using gin (org_id, word gin_trgm_ops)')
  await client.query(
    'vacuum (analyze) customers, conversations, messages, kobjects, feedback, search_texts, search_words',
  )
  await client.query('checkpoint')
  const some = async (table: string, letter: string) =>
    (
      await client.query<{ id: string }>(
        `select id from ${table} where org_id = $1 and id like '${letter}0%' order by md5(id) limit 200`,
        [target.orgId],
      )
    ).rows.map((row) => row.id)
  return {
    customers: await some('customers', 'a'),
    conversations: await some('conversations', 'b'),
    userId: target.orgId,
  }
}
