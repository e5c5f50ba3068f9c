import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { DeliveryReport, Effect } from '../../sdk/index.ts'
import { recordEvents } from '../events/events.ts'
import { markRemoved } from '../feedback/feedback.ts'
import { noteReport } from '../mails/bounces.ts'
import type { MailRow } from '../mails/mails.ts'
import { findObjectBySource, objectEvent } from '../objects/objects.ts'
import { noteSurvey } from '../surveys/news.ts'
import type { EffectRecord } from './schema.ts'

function remarkOn({ kind, recipient }: DeliveryReport, mail: MailRow | undefined): string {
  const said = { failed: 'came back', delayed: 'is late', complaint: 'was reported as spam' }[kind]
  const whose =
    mail === undefined ? ' It is about no mail of this desk.' : ` It is noted with the answer “${mail.subject}”.`
  return `A mail to ${mail?.recipient ?? recipient ?? 'somebody'} ${said}.${whose}`
}

/** Writes what asks for no object: removals, remarks, reports of mails, and what became of surveys. */
export async function noteNews(
  tx: Tx,
  { installationId, effects }: { installationId: Id; effects: Effect[] },
): Promise<EffectRecord[]> {
  const records: EffectRecord[] = []
  for (const effect of effects) {
    if (effect.kind === 'remark') {
      records.push({ kind: 'remark', result: 'recorded', text: effect.text })
    } else if (effect.kind === 'report') {
      records.push({
        kind: 'remark',
        result: 'recorded',
        text: remarkOn(effect.report, await noteReport(tx, effect.report)),
      })
    } else if (effect.kind === 'survey') {
      const survey = await noteSurvey(tx, installationId, effect)
      records.push(
        survey === undefined
          ? { kind: 'survey', result: 'superseded' }
          : { kind: 'survey', result: 'updated', id: survey.id, customer: survey.customer_id },
      )
    } else if (effect.kind === 'removal') {
      const { klass, externalId, at } = effect
      const object = await findObjectBySource(tx, { klass, externalId, source: installationId })
      if (object === undefined) {
        records.push({ kind: 'remark', result: 'recorded', text: `Removed at the provider; it never came here.` })
      } else {
        await markRemoved(tx, object.id, at)
        await recordEvents(tx, [objectEvent('update', klass, object.id, object.customer_id ?? undefined)])
        records.push({ kind: 'removal', result: 'updated', klass, id: object.id })
      }
    }
  }
  return records
}
