import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { MailLessons } from '../../platform/db/types.generated.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, InvalidRequest, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { applyLesson, lessonFrom, NotInMail } from '../../sdk/index.ts'
import type { Lesson, Lessons, Mail, Taught } from '../../sdk/index.ts'
import { recordEvents } from '../events/events.ts'

export type LessonRow = Omit<Selectable<MailLessons>, 'lesson'> & { lesson: Lesson }

const mostLessons = 100

const lessons = (reader: Reader) => qb.selectFrom('mail_lessons').selectAll().where('org_id', '=', reader.orgId)

/** The newest first, at most 100. */
export async function listLessons(reader: Reader, installationId: Id): Promise<LessonRow[]> {
  const query = lessons(reader).where('installation_id', '=', installationId).orderBy('created_at', 'desc')
  return (await reader.all(query.limit(mostLessons))) as unknown as LessonRow[]
}

/** What the lessons of an installation say of a mail: the newest that knows its shape. */
export async function taughtOf(reader: Reader, installationId: Id, mail: Mail): Promise<Taught | undefined> {
  for (const { lesson } of await listLessons(reader, installationId)) {
    const taught = applyLesson(lesson, mail)
    if (taught !== undefined) {
      return taught
    }
  }
  return undefined
}

/** Remembers what somebody says of a mail. Throws 400 that names the field which is missing, wrong, or not in the mail. */
export async function learn(
  tx: Tx,
  by: Authorized<'delivery'>,
  { installationId, mail, known }: { installationId: Id; mail: Mail; known: Lessons },
  taught: Taught,
): Promise<LessonRow> {
  const problems = Object.entries(known.problemsOf(taught))
  if (problems.length > 0) {
    throw new InvalidRequest(problems.map(([field, message]) => problemAt(field, message)))
  }
  const row: LessonRow = {
    org_id: tx.orgId,
    id: newId(),
    installation_id: installationId,
    lesson: lessonOf(mail, taught),
    subject: mail.subject,
    created_by: by.userId,
    created_at: new Date(),
  }
  await tx.all(qb.insertInto('mail_lessons').values({ ...row, lesson: jsonb(row.lesson) }))
  await lessonEvent(tx, 'create', row.id)
  return row
}

function lessonOf(mail: Mail, taught: Taught): Lesson {
  try {
    return lessonFrom(mail, taught)
  } catch (error) {
    throw error instanceof NotInMail ? problemAt(error.field, error.message) : error
  }
}

function problemAt(field: string, message: string): ApiError {
  return new ApiError('badparam', message, { pointer: field === 'kind' ? '/kind' : `/values/${field}` })
}

/** What was learned is not applied any more; what it led to stays. */
export async function forget(tx: Tx, _by: Authorized<'delivery'>, id: Id): Promise<void> {
  const query = qb.deleteFrom('mail_lessons').where('org_id', '=', tx.orgId).where('id', '=', id).returning('id')
  if (!isId(id) || (await tx.all(query)).length === 0) {
    throw notFound('Lesson')
  }
  await lessonEvent(tx, 'delete', id)
}

async function lessonEvent(tx: Tx, verb: 'create' | 'delete', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `tellback.mail-lesson.${verb}`, objectType: 'mail-lesson', objectId: id }])
}
