import type { z } from 'zod'

/** Checks options by the same schema as the API; the error names the option and what is wrong in one sentence. */
export function parseOptions<T>(schema: z.ZodType<T>, values: unknown, optionOf: Record<string, string>): T {
  const parsed = schema.safeParse(values)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`${optionOf[String(issue?.path[0])] ?? 'an option'} ${issue?.message ?? 'is not valid'}`)
  }
  return parsed.data
}
