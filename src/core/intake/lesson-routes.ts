import { z } from 'zod'

import type { Reader } from '../../platform/db/database.ts'
import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { orgRelation, userRelation } from '../../platform/http/envelope.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { UnreadableMail } from '../../platform/mail/parse-mail.ts'
import { linesOfMail } from '../../sdk/index.ts'
import type { Lessons } from '../../sdk/index.ts'
import { getInstallation } from '../apps/apps.ts'
import type { AppServices } from '../apps/apps.ts'
import { forget, learn, listLessons } from './lessons.ts'
import type { LessonRow } from './lessons.ts'
import { isMail, readMail } from './mail-delivery.ts'
import type { MailServices } from './mail-delivery.ts'
import { runAgain, runAllAgain } from './run-again.ts'
import { deliveryStates } from './states.ts'
import { findPending } from './store.ts'
import type { DeliveryRow } from './store.ts'

const tag = 'Deliveries'
const byId = z.object({ id: z.string().max(24) })
const read = may('read', 'delivery', 'org.hooks', 'org.admin.hook.read', 'org.permission.hook.read')
const teach = only('delivery', 'org.admin.delivery.write', 'org.permission.delivery.update')

const Meaning = z.strictObject({
  kind: z.string().max(64),
  values: z.record(z.string().max(64), z.string().max(20_000)).describe('By field, as it stands in the mail.'),
})
const Question = Meaning.extend({
  from: z.string(),
  subject: z.string(),
  lines: z.array(z.string()),
  kinds: z.array(z.object({ name: z.string(), title: z.string() })),
  fields: z.array(z.object({ name: z.string(), title: z.string(), isLong: z.boolean() })),
})
const LessonAttributes = z.object({ kind: z.string(), from: z.string(), subject: z.string(), createdAt: z.string() })
const lesson = z.object({
  type: z.string(),
  id: z.string(),
  attributes: LessonAttributes,
  relationships: z.looseObject({}),
})

interface LessonServices {
  apps: AppServices
  mail: MailServices
}

/** How an admin says what a mail is that an app was unsure of, and what was learned of that. */
export function lessonRoutes({ apps, mail: services }: LessonServices): Endpoint[] {
  async function teachable(
    reader: Reader,
    id: Id,
  ): Promise<{ delivery: DeliveryRow; installationId: Id; known: Lessons }> {
    const [delivery] = isId(id) ? await findPending(reader, [id], [...deliveryStates]) : []
    if (delivery === undefined) {
      throw notFound('Delivery')
    }
    const { installation_id: installationId } = delivery
    const installation = installationId === null ? undefined : await getInstallation(reader, installationId)
    const integration = installation === undefined ? undefined : apps.catalog.find(installation.app)?.integration
    const known = integration?.mails?.[delivery.webhook ?? '']?.lessons
    if (installation === undefined || known === undefined || !isMail(delivery)) {
      throw new ApiError('unprocessable', 'There is nothing to teach about this delivery.')
    }
    return { delivery, installationId: installation.id, known }
  }

  async function mailOf(delivery: DeliveryRow) {
    try {
      return (await readMail(services, delivery)).mail
    } catch (error) {
      throw error instanceof UnreadableMail ? new ApiError('unprocessable', error.message) : error
    }
  }

  return [
    endpoint({
      method: 'GET',
      path: '/v1/deliveries/:id/lesson',
      tag,
      summary: 'Read what a mail says, what its app takes it for, and what it could be',
      access: read,
      params: byId,
      status: 200,
      reply: z.object({ data: z.object({ type: z.string(), id: z.string(), attributes: Question }) }),
      handle: async ({ db, params }) => {
        const { delivery, known } = await db.read((reader) => teachable(reader, params.id))
        const mail = await mailOf(delivery)
        return {
          data: {
            type: 'lesson-question',
            id: delivery.id,
            attributes: {
              ...known.guess(mail),
              from: mail.from?.address ?? '',
              subject: mail.subject,
              lines: linesOfMail(mail),
              kinds: Object.entries(known.kinds).map(([name, title]) => ({ name, title })),
              fields: Object.entries(known.fields).map(([name, field]) => ({ isLong: false, ...field, name })),
            },
          },
        }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/deliveries/:id/lesson',
      tag,
      summary:
        'Say what a mail means; it runs again, with whatever else its app was unsure of, and the next of its shape is read so',
      access: teach,
      params: byId,
      body: Meaning,
      status: 201,
      reply: z.object({ data: lesson }),
      handle: async ({ db, by, params, body }) => {
        const found = await db.read((reader) => teachable(reader, params.id))
        const mail = await mailOf(found.delivery)
        return db.write(async (tx) => {
          const row = await learn(tx, by, { ...found, mail }, body)
          await runAgain(tx, [found.delivery.id])
          await runAllAgain(tx, { status: 'rejected', installationId: found.installationId })
          return { data: showLesson(row) }
        })
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/apps/installations/:id/lessons',
      tag,
      summary: 'List what was learned about the mails of an app, the newest first',
      access: read,
      params: byId,
      status: 200,
      reply: z.object({ data: z.array(lesson) }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const { id } = await getInstallation(reader, params.id)
          return { data: (await listLessons(reader, id)).map((row) => showLesson(row)) }
        }),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/mail-lessons/:id',
      tag,
      summary: 'Forget what was learned; what it led to stays',
      access: teach,
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => db.write((tx) => forget(tx, by, params.id)),
    }),
  ]
}

function showLesson(row: LessonRow) {
  return {
    type: 'mail-lesson',
    id: row.id,
    attributes: {
      kind: row.lesson.kind,
      from: row.lesson.from,
      subject: row.subject,
      createdAt: row.created_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.created_by) },
  }
}
