import type { OrgDb } from '../../platform/db/database.ts'
import { ProviderError } from '../../sdk/index.ts'
import { getInstallation, integrationOf } from '../apps/apps.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { contextOf } from '../connections/context.ts'
import { namesOfThread } from '../conversations/threads.ts'
import type { MessageRow } from '../messages/messages.ts'
import { saveMail } from './store.ts'
import type { MailRow } from './store.ts'
import { Unsendable } from './unsendable.ts'

/**
 * Has the app that a conversation came by bring an answer to its provider. That a call begins is written before it: where its answer was lost,
 * nobody knows whether it got through, and a person has to look. Throws `Unsendable` for what will not leave by itself.
 */
export async function answerByApp(
  providers: ConnectionServices,
  db: OrgDb,
  mail: MailRow,
  message: MessageRow,
): Promise<void> {
  const { installation, threads } = await db.read(async (reader) => ({
    installation: await getInstallation(reader, mail.source),
    threads: await namesOfThread(reader, mail.source, mail.conversation_id),
  }))
  const integration = integrationOf(providers.catalog, installation.app)
  const unknown = `Whether it got through is not known: look at ${integration.name} before you send it again.`
  if (integration.answers === undefined) {
    throw new Unsendable(`${integration.name} takes no answers from here.`)
  }
  if (message.attachments.length > 0) {
    throw new Unsendable(`${integration.name} takes no files. Answer by e-mail, or without them.`)
  }
  if (mail.attempted_at !== null) {
    throw new Unsendable(unknown)
  }
  await db.write((tx) => saveMail(tx, mail.id, { attempted_at: new Date() }))
  const context = contextOf(providers, db, integration, installation)
  const options = { isPrivate: mail.way === 'private' }
  try {
    await integration.answers.send(message.preview, threads, context, options)
  } catch (error) {
    const known = error instanceof ProviderError ? error : undefined
    if (known?.details.isUncertain === true) {
      throw new Unsendable(`${known.message} ${unknown}`)
    }
    await db.write((tx) => saveMail(tx, mail.id, { attempted_at: null }))
    throw known !== undefined && known.outcome !== 'retry-later' ? new Unsendable(known.message) : error
  }
}
