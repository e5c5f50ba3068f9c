import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { findCompaniesByIds } from '../companies/companies.ts'
import { showCompany } from '../companies/show.ts'
import { findConversationsByIds } from '../conversations/conversations.ts'
import { showConversation } from '../conversations/show.ts'
import { findCustomersByIds } from '../customers/customers.ts'
import { showCustomer } from '../customers/show.ts'
import { findFeedbackOf } from '../feedback/feedback.ts'
import { showFeedback } from '../feedback/show.ts'
import { findMessagesByIds } from '../messages/messages.ts'
import { showMessage } from '../messages/show.ts'
import { findNotesByIds } from '../notes/notes.ts'
import { showNote } from '../notes/show.ts'
import { findObjectsByIds } from '../objects/objects.ts'
import { showObject } from '../objects/show.ts'
import { findUsers } from '../orgs/orgs.ts'
import { showUser } from '../orgs/show.ts'
import { findSurveysByIds } from '../surveys/requests.ts'
import { showSurveyRow } from '../surveys/show.ts'
import { showTag } from '../tags/show.ts'
import { findTagsByIds } from '../tags/tags.ts'
import { showTeam } from '../teams/show.ts'
import { findTeams } from '../teams/teams.ts'

interface Shown {
  id: Id
}

type ShowAll = (reader: Reader, ids: Id[]) => Promise<Shown[]>

/** How the API shows what events are about, by the type of object up to its first dot: one query for all of a type. */
const resources: Record<string, ShowAll> = {
  customer: async (reader, ids) => (await findCustomersByIds(reader, ids)).map(showCustomer),
  conversation: async (reader, ids) => (await findConversationsByIds(reader, ids)).map(showConversation),
  message: async (reader, ids) => (await findMessagesByIds(reader, ids)).map(showMessage),
  note: async (reader, ids) => (await findNotesByIds(reader, ids)).map(showNote),
  tag: async (reader, ids) => (await findTagsByIds(reader, ids)).map(showTag),
  team: async (reader, ids) => (await findTeams(reader, ids)).map(showTeam),
  user: async (reader, ids) => (ids.length === 0 ? [] : (await findUsers(reader, ids)).map(showUser)),
  company: async (reader, ids) => (await findCompaniesByIds(reader, ids)).map(showCompany),
  feedback: async (reader, ids) => [...(await findFeedbackOf(reader, ids)).values()].map(showFeedback),
  survey: async (reader, ids) => (await findSurveysByIds(reader, ids)).map(showSurveyRow),
  kobject: async (reader, ids) => (await findObjectsByIds(reader, ids)).map(showObject),
}

/** What a set of events is about, by id; what is gone meanwhile is not among them. */
export async function resourcesOf(
  reader: Reader,
  events: readonly { object_type: string; object_id: Id }[],
): Promise<Map<string, object>> {
  const shown = new Map<string, object>()
  for (const [type, group] of Map.groupBy(events, (it) => it.object_type.split('.')[0] ?? '')) {
    const ids = [...new Set(group.map((it) => it.object_id))]
    for (const resource of (await resources[type]?.(reader, ids)) ?? []) {
      shown.set(`${type}/${resource.id}`, resource)
    }
  }
  return shown
}
