import type { ItemOf } from '../../api.ts'

/** What a delivery says to whoever reads it, beside what it wrote; undefined when there is nothing to say. */
export function remarkOf({ effects }: ItemOf<'GET /v1/deliveries'>['attributes']): string | undefined {
  return effects.find((effect) => effect.kind === 'remark')?.text
}
