import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { WorkflowDocument } from './schema.ts'
import { findVersion } from './store.ts'

const mostKept = 2_000

/** Reads what was published; a version never changes, so each is read once. */
export interface Documents {
  /** What was read before, without asking the database. */
  known: (orgId: Id, workflowId: Id, version: number) => WorkflowDocument | undefined
  read: (reader: Reader, workflowId: Id, version: number) => Promise<WorkflowDocument | undefined>
}

export function createDocuments(): Documents {
  const kept = new Map<string, WorkflowDocument>()
  const keyOf = (orgId: Id, workflowId: Id, version: number) => `${orgId}/${workflowId}/${version}`
  return {
    known: (orgId, workflowId, version) => kept.get(keyOf(orgId, workflowId, version)),
    read: async (reader, workflowId, version) => {
      const key = keyOf(reader.orgId, workflowId, version)
      const known = kept.get(key)
      if (known !== undefined) {
        return known
      }
      const found = (await findVersion(reader, workflowId, version))?.document
      if (found !== undefined) {
        if (kept.size >= mostKept) {
          kept.clear()
        }
        kept.set(key, found)
      }
      return found
    },
  }
}
