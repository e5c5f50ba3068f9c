import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { getCompany } from '../companies/companies.ts'
import { showCompany } from '../companies/show.ts'
import { getConversation } from '../conversations/conversations.ts'
import { showConversation } from '../conversations/show.ts'
import { getCustomer } from '../customers/customers.ts'
import { showCustomer } from '../customers/show.ts'
import { getFeedback } from '../feedback/feedback.ts'
import { showFeedback } from '../feedback/show.ts'
import { getMessage } from '../messages/messages.ts'
import { showMessage } from '../messages/show.ts'
import { getNote } from '../notes/notes.ts'
import { showNote } from '../notes/show.ts'
import { getAnyObject } from '../objects/objects.ts'
import { showObject } from '../objects/show.ts'
import { getUser } from '../orgs/orgs.ts'
import { showUser } from '../orgs/show.ts'
import { showTag } from '../tags/show.ts'
import { getTag } from '../tags/tags.ts'
import { showTeam } from '../teams/show.ts'
import { getTeam } from '../teams/teams.ts'

type ShowResource = (reader: Reader, id: Id) => Promise<object>

/** How the API shows what an event is about, by the type of object up to its first dot. Throws 404 for what is gone. */
export const resources: Record<string, ShowResource> = {
  customer: async (reader, id) => showCustomer(await getCustomer(reader, id)),
  conversation: async (reader, id) => showConversation(await getConversation(reader, id)),
  message: async (reader, id) => showMessage(await getMessage(reader, id)),
  note: async (reader, id) => showNote(await getNote(reader, id)),
  tag: async (reader, id) => showTag(await getTag(reader, id)),
  team: async (reader, id) => showTeam(await getTeam(reader, id)),
  user: async (reader, id) => showUser(await getUser(reader, id)),
  company: async (reader, id) => showCompany(await getCompany(reader, id)),
  feedback: async (reader, id) => showFeedback(await getFeedback(reader, id)),
  kobject: async (reader, id) => showObject(await getAnyObject(reader, id)),
}
