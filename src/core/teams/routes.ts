import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { getUser } from '../orgs/orgs.ts'
import { TeamAttributes, TeamInput, TeamMembers, TeamUpdate } from './schema.ts'
import { showTeam } from './show.ts'
import {
  addMembers,
  createTeam,
  deleteTeam,
  findTeamsOf,
  getTeam,
  listTeams,
  removeMembers,
  updateTeam,
} from './teams.ts'

const tag = 'Teams'
const mostTeams = 500 // facts 1.4
const byId = z.object({ id: z.string().max(64) })
const reply = document(TeamAttributes)
const one = { path: '/v1/teams/:id', tag, params: byId } as const
const members = {
  path: '/v1/teams/:id/members',
  tag,
  access: may('update', 'team', 'org.admin.team.write'),
  params: byId,
  body: TeamMembers,
  status: 200,
  reply,
} as const
const change = {
  ...one,
  access: may('update', 'team', 'org.admin.team.write'),
  body: TeamUpdate,
  status: 200,
  reply,
} as const

export const teamsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/teams',
    tag,
    summary: 'List teams',
    access: may('read', 'team', 'org.admin.team.read'),
    query: PageQuery,
    status: 200,
    reply: page(TeamAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) =>
        pageOf(
          '/v1/teams',
          query,
          (await listTeams(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)).map(showTeam),
        ),
      ),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/teams',
    tag,
    summary: 'Create a team',
    access: may('create', 'team', 'org.admin.team.write'),
    body: TeamInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showTeam(await createTeam(tx, by, body)) })),
  }),
  endpoint({
    ...one,
    method: 'GET',
    summary: 'Read a team',
    access: may('read', 'team', 'org.admin.team.read'),
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showTeam(await getTeam(reader, params.id)) })),
  }),
  endpoint({
    ...change,
    method: 'PUT',
    summary: 'Change a team: what the body leaves out stays',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showTeam(await updateTeam(tx, by, params.id, body)) })),
  }),
  endpoint({
    ...change,
    method: 'PATCH',
    summary: 'Change some fields of a team',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showTeam(await updateTeam(tx, by, params.id, body)) })),
  }),
  endpoint({
    ...one,
    method: 'DELETE',
    summary: 'Delete a team',
    access: may('delete', 'team', 'org.admin.team.write'),
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteTeam(tx, by, params.id)),
  }),
  endpoint({
    ...members,
    method: 'POST',
    summary: 'Add users to a team',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showTeam(await addMembers(tx, by, params.id, body.members)) })),
  }),
  endpoint({
    ...members,
    method: 'DELETE',
    summary: 'Remove users from a team',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showTeam(await removeMembers(tx, by, params.id, body.members)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/users/:id/teams',
    tag,
    summary: 'List the teams that a user is a member of',
    access: may('read', 'team', 'org.admin.team.read'),
    params: byId,
    status: 200,
    reply: page(TeamAttributes),
    handle: ({ db, params }) =>
      db.read(async (reader) => {
        const user = await getUser(reader, params.id)
        const query = { page: 1, pageSize: mostTeams }
        return pageOf(`/v1/users/${user.id}/teams`, query, (await findTeamsOf(reader, user.id)).map(showTeam))
      }),
  }),
]
