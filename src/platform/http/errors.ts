import type { FastifyError } from 'fastify'
import type { ZodError } from 'zod'

/** The codes of `errors[].code`; a program may branch on them. */
export type ErrorCode =
  | 'bad_request' // the request as a whole makes no sense
  | 'badparam' // one field or parameter is wrong; `source` names it
  | 'unauthorized'
  | 'forbidden'
  | 'notfound'
  | 'conflict'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'unprocessable' // well-formed, but against a rule of the business
  | 'too_many_requests'
  | 'unavailable'
  | 'internal'

const statuses: Record<ErrorCode, number> = {
  bad_request: 400,
  badparam: 400,
  unauthorized: 401,
  forbidden: 403,
  notfound: 404,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  too_many_requests: 429,
  unavailable: 503,
  internal: 500,
}

/** Which part of the request is meant: a JSON pointer into the body, or a parameter of path or query. */
export type ErrorSource = { pointer: string } | { parameter: string }

/** An error that the caller may read. `title` is one sentence that says what to do about it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly source: ErrorSource | undefined
  /** Where in the schema the rule stands, where existing clients know it. */
  readonly detail: string | undefined

  constructor(code: ErrorCode, title: string, source?: ErrorSource, detail?: string) {
    super(title)
    this.code = code
    this.source = source
    this.detail = detail
  }

  get status(): number {
    return statuses[this.code]
  }
}

/** Several things are wrong at once, each with its place. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest'
  readonly problems: ApiError[]

  constructor(problems: ApiError[]) {
    super(problems.map((problem) => problem.message).join('; '))
    this.problems = problems
  }
}

export function notFound(what: string, parameter = 'id'): ApiError {
  return new ApiError('notfound', `${what} not found`, { parameter })
}

/** Turns what a schema found in path or query into problems that name the parameter. */
export function parameterProblemsOf(error: ZodError): ApiError[] {
  return error.issues.map((issue) => new ApiError('badparam', issue.message, { parameter: issue.path.join('.') }))
}

/** Turns what a schema found into problems that name the place by a JSON pointer below `root`. */
export function problemsOf(error: ZodError, root = ''): ApiError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(
        (key) =>
          new ApiError('badparam', `${key} is not a field here`, { pointer: pointer(root, [...issue.path, key]) }),
      )
    }
    return [new ApiError('badparam', issue.message, { pointer: pointer(root, issue.path) })]
  })
}

function pointer(root: string, path: readonly PropertyKey[]): string {
  const parts = path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))
  return [root, ...parts].join('/') || '/'
}

export interface ErrorDocument {
  errors: { status: number; code: ErrorCode; title: string; source?: ErrorSource; detail?: string }[]
}

/** The reply to any thrown value. What is not meant for the caller becomes a plain 500; the caller of this logs it. */
export function toErrorDocument(error: unknown): { status: number; body: ErrorDocument; unexpected: boolean } {
  const problems = problemsIn(error)
  const shown = problems ?? [
    new ApiError('internal', 'Something went wrong here. Nothing was changed; the server log has the reason.'),
  ]
  const body = {
    errors: shown.map((problem) => ({
      status: problem.status,
      code: problem.code,
      title: problem.message,
      ...(problem.source === undefined ? {} : { source: problem.source }),
      ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    })),
  }
  return { status: shown[0]?.status ?? 500, body, unexpected: problems === undefined }
}

function problemsIn(error: unknown): ApiError[] | undefined {
  if (error instanceof ApiError) {
    return [error]
  }
  if (error instanceof InvalidRequest) {
    return error.problems
  }
  return frameworkProblem(error as FastifyError)
}

function frameworkProblem(error: FastifyError): ApiError[] | undefined {
  switch (error.statusCode) {
    case 400:
      return [
        new ApiError(
          'bad_request',
          error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY'
            ? 'The body is empty; JSON was announced.'
            : `The request cannot be read: ${error.message}`,
        ),
      ]
    case 413:
      return [new ApiError('payload_too_large', 'The body is larger than this address takes.')]
    case 415:
      return [new ApiError('unsupported_media_type', 'Send the body as application/json.')]
    default:
      return undefined
  }
}
