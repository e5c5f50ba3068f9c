import type { Uploaded } from '../../api.ts'
import { api } from '../../api.ts'
import type { InputOf } from '../../api.ts'
import { customerIdOf } from '../conversations/names.ts'
import type { Team, User } from '../people/people.ts'
import type { Conversation } from '../searches/run-search.ts'

/** How long a reply can be taken back, in milliseconds; the desk holds it meanwhile, so closing the page does not lose it. */
export const takeBackMs = 6_000

export interface Written {
  body: string
  attachments: Uploaded[]
}

type Channel = Exclude<InputOf<'POST /v1/customers/{id}/drafts'>['body']['channel'], 'note'>

/** By which channel a reply goes: the one set for it, else the customer's last one. */
export function replyChannelOf({ attributes }: Conversation): Channel {
  return (attributes.replyChannel ??
    attributes.lastMessageIn?.channel ??
    attributes.channels.at(-1) ??
    'email') as Channel
}

/** Hands a reply to the desk, which sends it when it can no longer be taken back. Returns the id to take it back by. */
export async function sendReply(
  conversation: Conversation,
  { body, attachments }: Written,
  way: string | undefined,
): Promise<string> {
  const { data } = await api.call('POST /v1/customers/{id}/drafts', {
    params: { id: customerIdOf(conversation) },
    body: {
      channel: replyChannelOf(conversation),
      conversation: conversation.id,
      body,
      attachments: attachments.map((it) => it._id),
      ...(way === undefined ? {} : { payload: { way } }),
      sendAt: new Date(Date.now() + takeBackMs).toISOString(),
    },
  })
  return data.id
}

export async function writeNote(
  conversation: Conversation,
  { body, attachments }: Written,
  people: { users: Iterable<User>; teams: Iterable<Team> },
): Promise<string> {
  const { data } = await api.call('POST /v1/conversations/{id}/notes', {
    params: { id: conversation.id },
    body: { body, attachments: attachments.map((it) => it._id), userMentions: mentionsIn(body, people) },
  })
  return data.id
}

/** Who a text calls by `@` and the name. */
export function mentionsIn(
  body: string,
  { users, teams }: { users: Iterable<User>; teams: Iterable<Team> },
): ({ user: string } | { team: string })[] {
  const isCalled = (name: string) => body.includes(`@${name}`)
  return [
    ...[...users].filter((user) => isCalled(user.attributes.displayName)).map(({ id }) => ({ user: id })),
    ...[...teams].filter((team) => isCalled(team.attributes.displayName)).map(({ id }) => ({ team: id })),
  ]
}
