import { z } from 'zod'

/** A role opens everything below it: `org.user` covers `org.user.customer.read`. */
export const Role = z
  .string()
  .max(200)
  .regex(/^org(\.[A-Za-z0-9_*-]+)+$/, 'must look like org.user or org.permission.customer.read')

/** What the desk offers when it asks for roles. */
export const knownRoles = [
  'org.admin',
  'org.user',
  'org.hooks',
  'org.tracking',
  'org.admin.security',
  'org.admin.apps',
  'org.permission',
] as const

export const OrgAttributes = z.object({ name: z.string(), createdAt: z.string(), updatedAt: z.string() })

export const OrgUpdate = z.strictObject({ name: z.string().trim().min(1, 'must not be empty').max(255) })

export const UserAttributes = z.object({
  name: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  userType: z.enum(['user', 'machine']),
  roles: z.array(z.string()),
  roleGroups: z.array(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
  deletedAt: z.string().nullable(),
})

export const UserInput = z.strictObject({
  name: z.string().trim().min(1, 'must not be empty').max(255),
  email: z.email('must be an e-mail address').max(320),
  roles: z.array(Role).max(100).default(['org.user']),
})
export type UserInput = z.infer<typeof UserInput>

export const UserUpdate = z.strictObject({
  name: z.string().trim().min(1, 'must not be empty').max(255).optional(),
  email: z.email('must be an e-mail address').max(320).optional(),
  roles: z.array(Role).max(100).optional(),
  deleted: z.boolean().nullish(),
})
export type UserUpdate = z.infer<typeof UserUpdate>

export const CurrentUserUpdate = UserUpdate.pick({ name: true, email: true })

export const TokenAttributes = z.object({
  name: z.string(),
  lastTokenChars: z.string(),
  roles: z.array(z.string()),
  cidrs: z.array(z.string()),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lastAccessedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
})

export const ApiKeyInput = z.strictObject({
  name: z.string().trim().min(1, 'must not be empty').max(255),
  roles: z.array(Role).min(1, 'needs at least one role').max(100),
  expiresInDays: z
    .number({ error: 'must be a number of days' })
    .int()
    .min(1, 'must be 1 or more')
    .max(36_500)
    .nullish(),
  cidrs: z
    .array(z.union([z.cidrv4(), z.cidrv6()], { error: 'must be an address range like 10.0.0.0/8' }))
    .max(20)
    .default([]),
})
export type ApiKeyInput = z.infer<typeof ApiKeyInput>
