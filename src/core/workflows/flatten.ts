/** A resource as the API shows it, whatever it is. */
interface Shown {
  type?: string
  id?: string
  attributes?: object
  relationships?: Record<string, unknown>
}

/**
 * A resource as steps see it: its attributes beside its id, and for each relation the id under its name and under its
 * name with `Id` (facts 4.1: `steps.1.customer`, `steps.x.companyId`).
 */
export function flatten(resource: object): Record<string, unknown> {
  const { type, id, attributes, relationships } = resource as Shown
  const related: Record<string, unknown> = {}
  for (const [name, relation] of Object.entries(relationships ?? {})) {
    const { data } = relation as { data?: { id: string } | { id: string }[] | null }
    if (Array.isArray(data)) {
      related[name] = data.map((it) => it.id)
    } else if (data !== undefined && data !== null) {
      related[name] = data.id
      related[`${name}Id`] = data.id
    }
  }
  return { ...related, ...attributes, type, id }
}
