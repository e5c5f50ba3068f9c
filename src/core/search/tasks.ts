import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Task } from '../../platform/jobs/task.ts'
import { indexTexts } from '../../platform/words/word-index.ts'
import { companyTexts } from '../companies/companies.ts'
import type { CompanyRow } from '../companies/companies.ts'
import { conversationTexts } from '../conversations/conversations.ts'
import type { ConversationRow } from '../conversations/conversations.ts'
import type { CustomerRow } from '../customers/customers.ts'
import { customerTexts } from '../customers/texts.ts'
import { messageTexts } from '../messages/messages.ts'
import type { MessageRow } from '../messages/messages.ts'
import { noteTexts } from '../notes/notes.ts'
import type { NoteRow } from '../notes/notes.ts'
import { objectTexts } from '../objects/objects.ts'
import type { KObjectRow } from '../objects/objects.ts'
import type { WordedObject } from './attributes.ts'
import { findAfter } from './store.ts'

const Payload = z.object({ orgId: z.string() })
const batchSize = 500

const texts: Record<WordedObject, (row: never) => string[]> = {
  customer: (row: CustomerRow) => customerTexts({ ...row, externalId: row.external_id }),
  company: (row: CompanyRow) => companyTexts(row),
  conversation: (row: ConversationRow) => conversationTexts(row),
  message: (row: MessageRow) => messageTexts(row),
  note: (row: NoteRow) => noteTexts(row),
  kobject: (row: KObjectRow) => objectTexts(row),
}

/** Makes everything that an organisation has findable by its words: after an upgrade that changes how words are kept. */
export function indexTask(database: Database): Task<z.infer<typeof Payload>> {
  return {
    name: 'search.index',
    payload: Payload,
    run: async ({ orgId }) => {
      const db = database.forOrg(orgId)
      for (const object of Object.keys(texts) as WordedObject[]) {
        let after: Id | undefined = ''
        while (after !== undefined) {
          after = await db.write(async (tx) => {
            const rows = await findAfter(tx, object, after ?? '', batchSize)
            await indexTexts(
              tx,
              object,
              rows.map((row) => ({ id: row.id, texts: texts[object](row as never) })),
            )
            return rows.at(-1)?.id
          })
        }
      }
    },
  }
}
