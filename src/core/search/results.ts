import type { Relationships } from '../../platform/http/envelope.ts'
import type { CompanyRow } from '../companies/companies.ts'
import { showCompany } from '../companies/show.ts'
import type { ConversationRow } from '../conversations/conversations.ts'
import { showConversation } from '../conversations/show.ts'
import type { CustomerRow } from '../customers/customers.ts'
import { showCustomer } from '../customers/show.ts'
import type { MessageRow } from '../messages/messages.ts'
import { showMessage } from '../messages/show.ts'
import type { NoteRow } from '../notes/notes.ts'
import { showNote } from '../notes/show.ts'
import type { KObjectRow } from '../objects/objects.ts'
import { showObject } from '../objects/show.ts'
import type { SurveyRow } from '../surveys/requests.ts'
import { showSurveyRow } from '../surveys/show.ts'
import type { SearchObject } from './attributes.ts'

export interface Shown {
  type: string
  id: string
  attributes: Record<string, unknown>
  relationships: Relationships
  links: { self: string }
}

/** What can be returned: everything but feedback, which is shown with its object. */
export type Returned = Exclude<SearchObject, 'feedback'>

const shows: Record<Returned, (row: never) => Shown> = {
  customer: (row: CustomerRow) => showCustomer(row),
  company: (row: CompanyRow) => showCompany(row),
  conversation: (row: ConversationRow) => showConversation(row),
  message: (row: MessageRow) => showMessage(row),
  note: (row: NoteRow) => showNote(row),
  kobject: (row: KObjectRow) => showObject(row),
  survey: (row: SurveyRow) => showSurveyRow(row),
}

/** A whole row of an object's table as its own noun shows it; with `fields`, these attributes alone. */
export function showResult(object: Returned, row: unknown, fields: string[] | undefined): Shown {
  const shown = shows[object](row as never)
  if (fields === undefined) {
    return shown
  }
  const wanted = new Set(fields)
  return {
    ...shown,
    attributes: Object.fromEntries(Object.entries(shown.attributes).filter(([name]) => wanted.has(name))),
  }
}
