import { z } from 'zod'

import { attributeTypeOf } from '../../sdk/domain.ts'

/** One custom attribute of a resource. */
export const Property = z.looseObject({
  type: z.string().optional(),
  displayName: z.string().max(255).optional(),
  enumeration: z.array(z.string()).optional(),
  /** Where it stands among the others when they are shown. */
  position: z.number().int().optional(),
  deletedAt: z.iso.datetime().nullish(),
})
export type Property = z.infer<typeof Property>

export const Properties = z.record(z.string(), Property)
export type Properties = z.infer<typeof Properties>

export const MetadataAttributes = z.object({
  properties: Properties,
  standardProperties: z.record(z.string(), z.unknown()),
  relationships: z.record(z.string(), z.unknown()),
  validations: z.array(z.unknown()),
})

const AttributeName = z
  .string()
  .max(128)
  .refine((name) => attributeTypeOf(name) !== undefined, {
    error: 'must end in one of Str, Txt, Num, At, Bool, Url, Id, Tree',
  })

export const MetadataUpdate = z.strictObject({
  properties: z.record(AttributeName, Property).optional(),
  standardProperties: z.record(z.string(), z.unknown()).optional(),
  relationships: z.record(z.string(), z.unknown()).optional(),
  validations: z.array(z.unknown()).optional(),
})

/** `custom` of a request: what each name may hold follows from its suffix and is checked by `checkCustom`. */
export const Custom = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
)
export type Custom = z.infer<typeof Custom>
