import type { Id } from '../ids.ts'
import { ApiError } from './errors.ts'

/** Who makes a request: a person by a session or a program by an API key, always inside one organisation. */
export interface Actor {
  readonly orgId: Id
  readonly userId: Id
  readonly userType: 'user' | 'machine'
  readonly roles: readonly string[]
  /** Set for an installed app that acts by its own key. */
  readonly installationId?: Id
}

/** Which roles open an endpoint: any one of them is enough; none at all opens it to everybody of the organisation. `resource` and `verb` say it in words. */
export interface Access<Resource extends string> {
  readonly resource: Resource
  readonly roles: readonly string[]
}

/** Some fields only an admin may set, such as when and by whom something was made (facts 1.8); throws 403 naming the field. */
export function adminOnly(actor: Actor, fields: Record<string, unknown>): void {
  const given = Object.keys(fields).find((name) => fields[name] !== undefined)
  if (given !== undefined && !covers(actor.roles, 'org.admin')) {
    throw new ApiError('forbidden', `Only the role org.admin may set ${given}.`, { pointer: `/${given}` })
  }
}

declare const granted: unique symbol

/** An actor who may do what was asked on `Resource`. Only `authorize` makes one, so what takes it cannot be
 * reached without the check. */
export interface Authorized<Resource extends string> extends Actor {
  readonly [granted]: Resource
}

type Verb = 'read' | 'create' | 'update' | 'delete'

const legacyVerb: Record<Verb, string> = { read: 'read', create: 'write', update: 'write', delete: 'delete' }

/** The usual rule of the platform: `org.user.X.write` or `org.permission.X.create`; `also` adds further roles. */
export function may<Resource extends string>(verb: Verb, resource: Resource, ...also: string[]): Access<Resource> {
  return {
    resource,
    roles: [`org.user.${resource}.${legacyVerb[verb]}`, `org.permission.${resource}.${verb}`, ...also],
  }
}

/** Only these roles, without the usual pattern. */
export function only<Resource extends string>(resource: Resource, ...roles: string[]): Access<Resource> {
  return { resource, roles }
}

/** Everybody of the organisation, whatever their roles. */
export function everybody<Resource extends string>(resource: Resource): Access<Resource> {
  return { resource, roles: [] }
}

/** A shorter role covers everything below it: `org.user` covers `org.user.customer.read`. [inferred, facts 7] */
export function covers(held: readonly string[], needed: string): boolean {
  return held.some((role) => needed === role || needed.startsWith(`${role}.`))
}

/** Whether an actor may; for showing it, since only `authorize` lets anybody do something. */
export function isAllowed(actor: Actor, { roles }: Access<string>): boolean {
  return roles.length === 0 || roles.some((role) => covers(actor.roles, role))
}

/** Leaves the mark in the type, or throws 403 naming the roles that would do. */
export function authorize<Resource extends string>(actor: Actor, access: Access<Resource>): Authorized<Resource> {
  if (!isAllowed(actor, access)) {
    throw new ApiError('forbidden', `This needs one of the roles ${access.roles.join(', ')}.`)
  }
  return actor as Authorized<Resource>
}
