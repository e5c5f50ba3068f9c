import { z } from 'zod'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)

/** The largest file that is taken, in bytes. */
export const largestFile = 25 * 1024 * 1024

export const AttachmentInput = z.strictObject({
  name: text(255).min(1, 'must not be empty'),
  contentType: text(255).regex(/^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/, 'must be a media type such as image/png'),
  contentLength: z.number().int().min(0).max(largestFile, `must not be more than ${largestFile} bytes`),
})
export type AttachmentInput = z.infer<typeof AttachmentInput>

export const AttachmentUpdate = z.strictObject({ name: AttachmentInput.shape.name.optional() })
export type AttachmentUpdate = z.infer<typeof AttachmentUpdate>

export const AttachmentAttributes = z.object({
  name: z.string(),
  contentType: z.string(),
  contentLength: z.number(),
  detectedType: z.string().nullable().describe('What its first bytes say that it is.'),
  uploaded: z.boolean(),
  redacted: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

/** How a message or a note refers to a file, in the words of the wire (facts 1.12). */
export const AttachmentRef = z.object({
  _id: z.string(),
  name: z.string(),
  contentType: z.string(),
  contentLength: z.number(),
})
export type AttachmentRef = z.infer<typeof AttachmentRef>

/** A file is given by its id, alone or in an object with what else clients send. */
export const AttachmentRefs = z
  .array(z.union([text(64), z.looseObject({ _id: text(64) })]))
  .max(50, 'must not be more than 50')
export type AttachmentRefs = z.infer<typeof AttachmentRefs>
