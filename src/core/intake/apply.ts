import type { Tx } from '../../platform/db/database.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { MailVerdict } from '../../platform/mail/authenticate-mail.ts'
import type { CustomerEffect, CustomerRef, Effect, MessageEffect, ObjectEffect, Trust } from '../../sdk/index.ts'
import type { KeptFile } from '../attachments/attachments.ts'
import { customerEvent, findOrCreateCustomers, holdCustomers, recordActivity } from '../customers/customers.ts'
import type { Resolution, WantedRef } from '../customers/customers.ts'
import { recordEvents, startNothing } from '../events/events.ts'
import type { DomainEvent } from '../events/events.ts'
import { feedbackRow, findFeedbackOf, latestScores, markPresent, upsertFeedback } from '../feedback/feedback.ts'
import type { FeedbackWrite } from '../feedback/feedback.ts'
import { fitFields } from '../metadata/metadata.ts'
import { withKnownNames } from '../objects/aliases.ts'
import { findObjectBySource, findOwners, objectEvent, upsertObjects } from '../objects/objects.ts'
import type { ObjectKey, UpsertedObject, VersionedObject } from '../objects/objects.ts'
import { reconcileReplies } from '../replies/reconcile.ts'
import { findAsked, joinAnswer } from '../surveys/news.ts'
import { addToTimeline } from '../timeline/timeline.ts'
import { noteNews } from './note-news.ts'
import type { EffectRecord } from './schema.ts'
import { takeMessages } from './take-messages.ts'
import type { BroughtMessage } from './take-messages.ts'
import { talkAbout } from './talk.ts'
import type { Subject } from './talk.ts'

/** What one delivery asks for. */
export interface Plan {
  deliveryId: Id
  app: string
  installationId: Id
  trust: Trust
  effects: Effect[]
  /** The files of its mail that messages have, by their place in it. */
  files?: ReadonlyMap<number, KeptFile>
  /** What its mail's own domain says of it. */
  verdict?: MailVerdict
  /** Set for what is fetched of the past: it opens no conversation (invariant 9). */
  isHistory?: boolean
  /** Set for what we asked for ourselves: there is no delivery that brought it. */
  isPolled?: boolean
}

/**
 * Writes all effects of several deliveries of one organisation with a fixed number of statements, whatever their
 * number. Returns what each delivery wrote. Applying twice writes the same rows.
 */
export async function applyPlans(tx: Tx, given: Plan[]): Promise<Map<Id, EffectRecord[]>> {
  const plans = await withNames(tx, given)
  if (plans.length > 0 && plans.every((plan) => plan.isHistory === true)) {
    await startNothing(tx)
  }
  const objects = plans.flatMap((plan) =>
    plan.effects.filter((effect) => effect.kind === 'object').map((effect) => ({ plan, effect })),
  )
  const customers = plans.flatMap((plan) =>
    plan.effects.filter((effect) => effect.kind === 'customer').map((effect) => ({ plan, effect })),
  )
  const messages = plans.flatMap((plan) =>
    plan.effects.filter((effect) => effect.kind === 'message').map((effect) => ({ plan, effect })),
  )
  const records = new Map<Id, EffectRecord[]>(plans.map((plan) => [plan.deliveryId, []]))
  const owners = await resolveOwners(
    tx,
    objects,
    customers.map(({ effect }) => effect),
    messages,
  )
  const written = await writeObjects(tx, newestOf(objects), owners)
  const activity = new Map<Id, Activity>()
  for (const { plan, effect } of objects) {
    records.get(plan.deliveryId)?.push(recordOf(effect, plan, written))
  }
  for (const { plan, effect } of customers) {
    records.get(plan.deliveryId)?.push(noteCustomerEffect(effect, owners.of(effect.customer), activity))
  }
  await writeFeedback(tx, written, activity)
  await joinAnswers(tx, written)
  const talks = [
    ...(await talkAbout(tx, subjectsOf(written))),
    ...(await takeMessages(tx, broughtBy(messages, owners))),
  ]
  for (const { deliveryId, record } of talks) {
    records.get(deliveryId)?.push(record)
  }
  await reviveReadBack(tx, written)
  for (const plan of plans) {
    records.get(plan.deliveryId)?.push(...(await noteNews(tx, plan)))
  }
  const createdCustomers = owners.created()
  await recordActivity(
    tx,
    [...activity].map(([customerId, it]) => ({
      customerId,
      name: it.name,
      klasses: [...it.klasses],
      custom: it.custom,
    })),
  )
  await recordEvents(tx, [
    ...[...written.values()].flatMap(({ row, effect }) =>
      row === undefined
        ? []
        : [
            {
              ...objectEvent(row.inserted ? 'create' : 'update', row.klass, row.id, row.customerId),
              ...(effect.feedback === undefined ? {} : { data: { feedback: true } }),
            },
          ],
    ),
    ...[...activity.keys()].map((id): DomainEvent => customerEvent(createdCustomers.has(id) ? 'create' : 'update', id)),
  ])
  return records
}

async function withNames(tx: Tx, plans: Plan[]): Promise<Plan[]> {
  const named: Plan[] = []
  for (const plan of plans) {
    named.push({ ...plan, effects: await withKnownNames(tx, plan.installationId, plan.effects) })
  }
  return named
}

interface PlannedObject {
  plan: Plan
  effect: ObjectEffect
}

interface PlannedMessage {
  plan: Plan
  effect: MessageEffect
}

interface WrittenObject extends PlannedObject {
  /** Undefined: the database holds a newer state. */
  row: UpsertedObject | undefined
  resolution: Resolution | undefined
}

interface Activity {
  name: string | undefined
  klasses: Set<string>
  custom: Record<string, unknown>
}

function keyOf(key: ObjectKey): string {
  return JSON.stringify([key.klass, key.externalId, key.source])
}

function objectKey({ plan, effect }: PlannedObject): ObjectKey {
  return { klass: effect.klass, externalId: effect.externalId, source: plan.installationId }
}

/** Of several states of one object in the same batch only the newest is written; on equal times the fuller one. */
function newestOf(objects: PlannedObject[]): PlannedObject[] {
  const newest = new Map<string, PlannedObject>()
  for (const candidate of objects) {
    const key = keyOf(objectKey(candidate))
    const best = newest.get(key)
    if (best === undefined || isNewer(candidate.effect, best.effect)) {
      newest.set(key, candidate)
    }
  }
  return [...newest.values()]
}

function isNewer(candidate: ObjectEffect, best: ObjectEffect): boolean {
  const difference = candidate.version.getTime() - best.version.getTime()
  return difference === 0 ? weight(candidate) >= weight(best) : difference > 0
}

function weight(effect: ObjectEffect): number {
  return JSON.stringify([effect.fields, effect.images]).length + (effect.description?.length ?? 0)
}

/** A provider's own ids of people are told apart by the app; who is to be talked with becomes a customer. */
function wantedRef({ plan, effect }: PlannedObject): { ref: CustomerRef; wanted: WantedRef } {
  const ref = effect.customer
  const opens = effect.conversation !== undefined && plan.isHistory !== true
  return { ref, wanted: { ...namespaced(ref, plan.app), isWanted: opens } }
}

function namespaced(ref: CustomerRef, app: string): CustomerRef {
  return ref.profileId === undefined ? ref : { ...ref, profileId: `${app}/${ref.profileId}` }
}

interface Owners {
  of: (ref: CustomerRef) => Resolution
  /** Whose an object is already; what is linked once stays there until a person moves it. */
  ofObject: (key: ObjectKey) => Id | undefined
  created: () => Set<Id>
}

/** Whoever writes becomes a customer: what they write needs a conversation, and that one a customer. */
function writerRef({ plan, effect }: PlannedMessage): WantedRef {
  return { ...namespaced(effect.customer, plan.app), isWanted: true }
}

async function resolveOwners(
  tx: Tx,
  objects: PlannedObject[],
  customers: CustomerEffect[],
  messages: PlannedMessage[],
): Promise<Owners> {
  const known = await findOwners(tx, objects.map(objectKey))
  const linked = new Map(known.map((it) => [keyOf(it), it.customerId]))
  for (const [key, customerId] of await askedCustomers(tx, objects)) {
    linked.set(key, linked.get(key) ?? customerId)
  }
  const unlinked = objects.filter((it) => linked.get(keyOf(objectKey(it))) === undefined).map(wantedRef)
  const refs = [
    ...unlinked.map((it) => it.wanted),
    ...customers.map((effect) => effect.customer),
    ...messages.map((it) => writerRef(it)),
  ]
  const resolutions = await findOrCreateCustomers(tx, refs)
  const meant = [
    ...unlinked.map((it) => it.ref),
    ...customers.map((effect) => effect.customer),
    ...messages.map((it) => it.effect.customer),
  ]
  const byRef = new Map(meant.map((ref, index) => [ref, resolutions[index]]))
  // Those that this transaction made are nobody else's yet.
  const found = resolutions.flatMap((it) => (it.customerId === undefined || it.created ? [] : [it.customerId]))
  const owning = [...linked.values()].filter((id) => id !== undefined)
  await holdCustomers(tx, [...new Set([...found, ...owning])])
  return {
    of: (ref) => byRef.get(ref) ?? { customerId: undefined, reason: 'not resolved' },
    ofObject: (key) => linked.get(keyOf(key)),
    created: () =>
      new Set(resolutions.flatMap((it) => (it.customerId !== undefined && it.created ? [it.customerId] : []))),
  }
}

/** Whoever answers what we asked is whom we asked. */
async function askedCustomers(tx: Tx, objects: PlannedObject[]): Promise<Map<string, Id>> {
  const owners = new Map<string, Id>()
  const answers = objects.filter((it) => it.effect.survey !== undefined)
  for (const [installationId, ours] of Map.groupBy(answers, (it) => it.plan.installationId)) {
    const asked = await findAsked(
      tx,
      installationId,
      ours.flatMap((it) => it.effect.survey ?? []),
    )
    for (const it of ours) {
      const customerId = asked.get(it.effect.survey ?? '')
      if (customerId !== undefined) {
        owners.set(keyOf(objectKey(it)), customerId)
      }
    }
  }
  return owners
}

async function joinAnswers(tx: Tx, written: Map<string, WrittenObject>): Promise<void> {
  for (const { plan, effect, row } of written.values()) {
    if (effect.survey !== undefined && row !== undefined) {
      await joinAnswer(tx, plan.installationId, effect.survey, row.id, effect.at)
    }
  }
}

async function writeObjects(tx: Tx, objects: PlannedObject[], owners: Owners): Promise<Map<string, WrittenObject>> {
  const planned = objects.map((it) => {
    const key = objectKey(it)
    const linked = owners.ofObject(key)
    const resolution = linked === undefined ? owners.of(it.effect.customer) : { customerId: linked, created: false }
    return { ...it, key, resolution, row: versionedObject(key, it.effect, resolution.customerId) }
  })
  const upserted = await upsertObjects(
    tx,
    planned.map((it) => it.row),
  )
  const byKey = new Map(upserted.map((row) => [keyOf(row), row]))
  const hidden = new Set(planned.filter((it) => it.effect.onTimeline === false).map((it) => keyOf(it.key)))
  await addToTimeline(
    tx,
    upserted.flatMap((row) =>
      row.customerId === undefined || hidden.has(keyOf(row))
        ? []
        : [{ customerId: row.customerId, at: row.createdAt, itemId: row.id }],
    ),
  )
  return new Map(
    planned.map((it) => [
      keyOf(it.key),
      { plan: it.plan, effect: it.effect, resolution: it.resolution, row: byKey.get(keyOf(it.key)) },
    ]),
  )
}

function versionedObject(key: ObjectKey, effect: ObjectEffect, customerId: Id | undefined): VersionedObject {
  return {
    ...key,
    id: newId(),
    customerId,
    title: effect.title,
    description: effect.description,
    images: effect.images ?? [],
    data: effect.data ?? {},
    custom: fitFields(effect.fields),
    versionAt: effect.version,
    createdAt: effect.at,
  }
}

function recordOf(effect: ObjectEffect, plan: Plan, written: Map<string, WrittenObject>): EffectRecord {
  const winner = written.get(keyOf(objectKey({ plan, effect })))
  const record = { kind: 'object' as const, klass: effect.klass }
  if (winner === undefined || winner.row === undefined || winner.effect !== effect) {
    return { ...record, result: 'superseded', ...(winner?.row === undefined ? {} : { id: winner.row.id }) }
  }
  const { row, resolution } = winner
  const unmatched =
    row.customerId === undefined && resolution?.customerId === undefined ? resolution?.reason : undefined
  return {
    ...record,
    result: row.inserted ? 'created' : 'updated',
    id: row.id,
    ...(row.customerId === undefined ? {} : { customer: row.customerId }),
    ...(unmatched === undefined ? {} : { unmatched }),
  }
}

function noteCustomerEffect(effect: CustomerEffect, resolution: Resolution, activity: Map<Id, Activity>): EffectRecord {
  if (resolution.customerId === undefined) {
    return { kind: 'customer', result: 'superseded', unmatched: resolution.reason }
  }
  const entry = activityOf(activity, resolution.customerId)
  Object.assign(entry.custom, fitFields(effect.fields))
  entry.name ??= effect.customer.name
  return { kind: 'customer', result: resolution.created ? 'created' : 'updated', customer: resolution.customerId }
}

function activityOf(activity: Map<Id, Activity>, customerId: Id): Activity {
  const entry = activity.get(customerId) ?? { name: undefined, klasses: new Set(), custom: {} }
  activity.set(customerId, entry)
  return entry
}

function subjectsOf(written: Map<string, WrittenObject>): Subject[] {
  return [...written.values()].flatMap(({ plan, effect, row }) =>
    effect.conversation === undefined || plan.isHistory === true || row?.customerId === undefined
      ? []
      : [{ ...plan, ...effect.conversation, objectId: row.id, customerId: row.customerId, at: effect.at }],
  )
}

function broughtBy(messages: PlannedMessage[], owners: Owners): BroughtMessage[] {
  return messages.flatMap(({ plan: { deliveryId, app, installationId, files: kept, verdict }, effect }) => {
    const { customerId } = owners.of(effect.customer)
    const files = (effect.files ?? []).flatMap(({ index, contentId }) => {
      const file = kept?.get(index)
      return file === undefined ? [] : [{ ...file, contentId }]
    })
    return customerId === undefined ? [] : [{ deliveryId, app, installationId, customerId, effect, files, verdict }]
  })
}

/** What was just read back from its provider is there, whatever was heard before, also when nothing of it is newer. */
async function reviveReadBack(tx: Tx, written: Map<string, WrittenObject>): Promise<void> {
  for (const it of written.values()) {
    if (it.row === undefined && it.effect.trust === 'refetched') {
      const object = await findObjectBySource(tx, objectKey(it))
      if (object !== undefined) {
        await markPresent(tx, [object.id])
      }
    }
  }
}

async function writeFeedback(tx: Tx, written: Map<string, WrittenObject>, activity: Map<Id, Activity>): Promise<void> {
  const rows = []
  const scored = new Map<string, { customerId: Id; attribute: string }>()
  const silent = new Set<Id>()
  for (const { plan, effect, row, resolution } of written.values()) {
    if (row === undefined) {
      continue
    }
    if (row.customerId !== undefined) {
      const entry = activityOf(activity, row.customerId)
      entry.klasses.add(row.klass)
      entry.name ??= effect.customer.name
    }
    if (effect.feedback !== undefined) {
      if (effect.feedback.reply === 'unknown') {
        silent.add(row.id)
      }
      rows.push(
        feedbackRow(effect.feedback, {
          objectId: row.id,
          app: plan.app,
          installationId: plan.installationId,
          deliveryId: plan.isHistory === true || plan.isPolled === true ? undefined : plan.deliveryId,
          trust: effect.trust ?? plan.trust,
          respondent: namespaced(effect.customer, plan.app),
          customerId: row.customerId,
          unmatchedReason:
            row.customerId === undefined && resolution?.customerId === undefined ? resolution?.reason : undefined,
          respondedAt: row.createdAt,
          versionAt: effect.version,
        }),
      )
      const attribute = effect.feedback.latestAttribute
      if (attribute !== undefined && row.customerId !== undefined) {
        scored.set(`${row.customerId}/${attribute}`, { customerId: row.customerId, attribute })
      }
    }
  }
  await upsertFeedback(tx, await withKnownReplies(tx, rows, silent))
  await reconcileReplies(
    tx,
    rows.map((it) => it.id),
    silent,
  )
  // Read back rather than taken from this delivery: an older answer must not hide a newer one's score.
  for (const [customerId, scores] of await latestScores(tx, [...scored.values()])) {
    Object.assign(activityOf(activity, customerId).custom, scores)
  }
}

/** Where what came says nothing of a reply, the one that is known stays. */
async function withKnownReplies(tx: Tx, rows: FeedbackWrite[], silent: ReadonlySet<Id>): Promise<FeedbackWrite[]> {
  const known = silent.size === 0 ? undefined : await findFeedbackOf(tx, [...silent])
  return rows.map((row) => {
    const before = known?.get(row.id)
    return before === undefined
      ? row
      : { ...row, reply_state: before.reply_state, reply_text: before.reply_text, replied_at: before.replied_at }
  })
}
