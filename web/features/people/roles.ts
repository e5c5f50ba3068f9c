/** Sets of roles that have a name of their own; other sets are shown role by role. */
export const rolePresets = [
  { value: 'agent', label: 'Agent', about: 'Works with customers', roles: ['org.user'] },
  {
    value: 'admin',
    label: 'Admin',
    about: 'Works with customers and sets up the desk',
    roles: ['org.admin', 'org.hooks', 'org.user'],
  },
] as const

export type RolePreset = (typeof rolePresets)[number]['value'] | 'custom'

export function presetOf(roles: readonly string[]): RolePreset {
  const held = roles.toSorted().join()
  return rolePresets.find((preset) => preset.roles.toSorted().join() === held)?.value ?? 'custom'
}

/** How the roles of somebody are called in one or two words. */
export function rolesLabel(roles: readonly string[]): string {
  const most = rolePresets.toReversed().find((preset) => preset.roles.every((role) => roles.includes(role)))
  const others = roles.length - (most?.roles.length ?? 0)
  const count = `${others} ${others === 1 ? 'role' : 'roles'}`
  return most === undefined ? count : others === 0 ? most.label : `${most.label} and ${count}`
}
