import type { z } from 'zod'

import type { Tx } from '../../platform/db/database.ts'
import { authorize, may, only } from '../../platform/http/access.ts'
import type { Access, Actor } from '../../platform/http/access.ts'
import { InvalidRequest, problemsOf } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { createCompany, deleteCompany, updateCompany } from '../companies/companies.ts'
import { CompanyInput, CompanyUpdate } from '../companies/schema.ts'
import { createConversation, deleteConversation, updateConversation } from '../conversations/conversations.ts'
import { ConversationInput, ConversationUpdate } from '../conversations/schema.ts'
import { createCustomer, deleteCustomer, updateCustomer } from '../customers/customers.ts'
import { CustomerInput, CustomerUpdate } from '../customers/schema.ts'
import { createMessage, updateMessage } from '../messages/messages.ts'
import { MessageInput, MessageUpdate } from '../messages/schema.ts'
import { createNote, deleteNote, updateNote } from '../notes/notes.ts'
import { NoteInput, NoteUpdate } from '../notes/schema.ts'
import { createObject, deleteObject, getKlass, updateObject } from '../objects/objects.ts'
import { KObjectInput, KObjectUpdate } from '../objects/schema.ts'
import { followObject } from '../timeline/timeline.ts'

export type BulkVerb = 'create' | 'update' | 'delete'

/** One item of a bulk request, run as a request of its own would be, roles included. Returns the id of what it changed. */
export type RunItem = (tx: Tx, actor: Actor, id: Id | undefined, body: unknown) => Promise<Id>

export interface BulkKind {
  /** What the platform calls it in a bulk's `context`. */
  readonly context: string
  readonly access: Partial<Record<BulkVerb, Access<string>>>
  readonly run: Partial<Record<BulkVerb, RunItem>>
}

const keep = { replace: false }

const customers: BulkKind = {
  context: 'customer',
  access: usual('customer'),
  run: {
    create: async (tx, actor, _id, body) =>
      (await createCustomer(tx, authorize(actor, may('create', 'customer')), read(CustomerInput, body))).id,
    update: async (tx, actor, id, body) =>
      (
        await updateCustomer(
          tx,
          authorize(actor, may('update', 'customer')),
          id ?? '',
          read(CustomerUpdate, body),
          keep,
        )
      ).id,
    delete: async (tx, actor, id) =>
      gone(id, deleteCustomer(tx, authorize(actor, may('delete', 'customer')), id ?? '')),
  },
}

const companies: BulkKind = {
  context: 'company',
  access: usual('company'),
  run: {
    create: async (tx, actor, _id, body) =>
      (await createCompany(tx, authorize(actor, may('create', 'company')), read(CompanyInput, body))).id,
    update: async (tx, actor, id, body) =>
      (await updateCompany(tx, authorize(actor, may('update', 'company')), id ?? '', read(CompanyUpdate, body))).id,
    delete: async (tx, actor, id) => gone(id, deleteCompany(tx, authorize(actor, may('delete', 'company')), id ?? '')),
  },
}

const conversations: BulkKind = {
  context: 'conversation',
  access: usual('conversation'),
  run: {
    create: async (tx, actor, _id, body) =>
      (await createConversation(tx, authorize(actor, may('create', 'conversation')), read(ConversationInput, body))).id,
    update: async (tx, actor, id, body) => {
      const by = authorize(actor, may('update', 'conversation'))
      return (await updateConversation(tx, by, id ?? '', read(ConversationUpdate, body), keep)).id
    },
    delete: async (tx, actor, id) =>
      gone(id, deleteConversation(tx, authorize(actor, may('delete', 'conversation')), id ?? '')),
  },
}

const messages: BulkKind = {
  context: 'message',
  access: { create: may('create', 'message'), update: may('update', 'message') },
  run: {
    create: async (tx, actor, _id, body) => {
      const { conversation, ...message } = read(MessageInput, body)
      return (await createMessage(tx, authorize(actor, may('create', 'message')), conversation, message)).id
    },
    update: async (tx, actor, id, body) =>
      (await updateMessage(tx, authorize(actor, may('update', 'message')), id ?? '', read(MessageUpdate, body), keep))
        .id,
  },
}

const deletesNotes = only('note', 'org.user.note.write', 'org.permission.note.delete') // facts 7: no role of its own

const notes: BulkKind = {
  context: 'note',
  access: { ...usual('note'), delete: deletesNotes },
  run: {
    create: async (tx, actor, _id, body) => {
      const { conversation, ...note } = read(NoteInput, body)
      return (await createNote(tx, authorize(actor, may('create', 'note')), conversation, note)).id
    },
    update: async (tx, actor, id, body) =>
      (await updateNote(tx, authorize(actor, may('update', 'note')), id ?? '', read(NoteUpdate, body), keep)).id,
    delete: async (tx, actor, id) => gone(id, deleteNote(tx, authorize(actor, deletesNotes), id ?? '')),
  },
}

/** The nouns that have a path of their own for many at once. */
export const bulkKinds = { customers, companies, conversations, messages, notes } as const

/** The objects of one klass. */
export function objectsOf(klassName: string): BulkKind {
  return {
    context: 'kobject',
    access: usual('kobject'),
    run: {
      create: async (tx, actor, _id, body) => {
        const by = authorize(actor, may('create', 'kobject'))
        const row = await createObject(tx, by, await getKlass(tx, klassName), read(KObjectInput, body))
        await followObject(tx, undefined, row)
        return row.id
      },
      update: async (tx, actor, id, body) => {
        const by = authorize(actor, may('update', 'kobject'))
        const change = read(KObjectUpdate, body)
        const { before, after } = await updateObject(tx, by, await getKlass(tx, klassName), id ?? '', change)
        await followObject(tx, before, after)
        return after.id
      },
      delete: async (tx, actor, id) => {
        const by = authorize(actor, may('delete', 'kobject'))
        await followObject(tx, await deleteObject(tx, by, await getKlass(tx, klassName), id ?? ''), undefined)
        return id ?? ''
      },
    },
  }
}

/** The kind that a bulk's path means: `/v1/notes/bulk`, `/v1/klasses/order/bulk`. */
export function kindOfPath(path: string): BulkKind | undefined {
  const [, , noun, klass] = path.split('/')
  if (noun === 'klasses') {
    return klass === undefined ? undefined : objectsOf(klass)
  }
  return noun !== undefined && Object.hasOwn(bulkKinds, noun) ? bulkKinds[noun as keyof typeof bulkKinds] : undefined
}

function usual(resource: string): Record<BulkVerb, Access<string>> {
  return { create: may('create', resource), update: may('update', resource), delete: may('delete', resource) }
}

async function gone(id: Id | undefined, deletion: Promise<void>): Promise<Id> {
  await deletion
  return id ?? ''
}

function read<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (!parsed.success) {
    throw new InvalidRequest(problemsOf(parsed.error))
  }
  return parsed.data
}
