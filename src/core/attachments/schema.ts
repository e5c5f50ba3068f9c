import { z } from 'zod'

/** How a message or a note refers to a file, in the words of the wire (facts 1.12). */
export const AttachmentRef = z.object({
  _id: z.string(),
  name: z.string(),
  contentType: z.string(),
  contentLength: z.number(),
})
export type AttachmentRef = z.infer<typeof AttachmentRef>
