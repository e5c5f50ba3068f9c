import { z } from 'zod'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)

/** The id of a step inside its workflow; the trigger is the step `1` (facts 4.1). */
const StepId = text(64).regex(/^[A-Za-z0-9_-]+$/, 'may hold letters, digits, _ and - only')

export const triggerStep = '1'

/** What a reference begins with (facts 4.1). */
export const referenceMark = '/#'

/** Whether a value of a document names something rather than being it. */
export function isReference(value: unknown): value is `${typeof referenceMark}${string}` {
  return typeof value === 'string' && value.startsWith(referenceMark)
}

const Meta = z.looseObject({
  name: text(255).optional(),
  displayName: text(255).optional(),
  description: text(2000).optional(),
})

/** `values` hold literals, references, and for `and`, `or` and `not` further conditions. */
export const Condition = z.looseObject({ op: text(32), values: z.array(z.unknown()).max(50).default([]) })
export type Condition = z.infer<typeof Condition>

/** Where a run goes from a step: the first whose condition holds; none ends the run. */
export const Transition = z
  .looseObject({
    target: StepId,
    condition: Condition.optional(),
    meta: Meta.optional(),
  })
  .meta({ id: 'WorkflowTransition' })
export type Transition = z.infer<typeof Transition>

const transitions = z.array(Transition).max(50)

export const Step = z
  .looseObject({
    id: StepId.refine((id) => id !== triggerStep, { error: 'is the trigger’s' }),
    /** Without one the step only decides where the run goes on. */
    action: text(255).optional(),
    appVersion: text(255).optional(),
    params: z.record(z.string(), z.unknown()).default({}),
    transitions: transitions.default([]),
    errorCases: transitions
      .default([])
      .describe('Where a run goes when the action fails; conditions may look at `error`.'),
    meta: Meta.optional(),
  })
  .meta({ id: 'WorkflowStep' })
export type Step = z.infer<typeof Step>

export const Schedule = z.strictObject({
  cron: text(100).describe('Minute, hour, day of the month, month, day of the week.'),
  timeZone: text(64).default('UTC'),
})

export type Schedule = z.infer<typeof Schedule>

export const Trigger = z
  .looseObject({
    id: z.string().default(triggerStep),
    eventName: text(255).default('').describe('Empty in a draft whose trigger is not chosen yet.'),
    appVersion: text(255).optional(),
    transitions: transitions.default([]),
    callable: z.boolean().optional(),
    schema: z.record(z.string(), z.unknown()).optional(),
    schedule: Schedule.optional(),
    meta: Meta.optional(),
  })
  .meta({ id: 'WorkflowTrigger' })
export type Trigger = z.infer<typeof Trigger>

const mostSteps = 200

const parts = {
  name: text(255).trim().min(1, 'must not be empty'),
  description: text(5000).default(''),
  trigger: Trigger,
  steps: z.array(Step).max(mostSteps, `must not be more than ${mostSteps}`),
  response: z.looseObject({ schema: z.record(z.string(), z.unknown()).optional() }).optional(),
  meta: Meta.optional(),
  /** Kept as it came: which workflow of an app it stands in for there, and whether it was switched off there. */
  replaces: text(255).optional(),
  systemDisabled: z.boolean().optional(),
}

/** A workflow as it is written, imported and exported (facts 4.1). */
export const WorkflowDocument = z.strictObject({
  ...parts,
  trigger: parts.trigger.prefault({}),
  steps: parts.steps.default([]),
})
export type WorkflowDocument = z.infer<typeof WorkflowDocument>

/** The event of a workflow that is called; in documents of the platform the workflow's id stands in it (facts 4.1). */
export const callEvent = 'kustomer.workflow.call'
export const scheduleEvent = 'tellback.schedule'

export function isCallable({ trigger }: Pick<WorkflowDocument, 'trigger'>): boolean {
  return (
    trigger.callable === true ||
    trigger.eventName === callEvent ||
    /^kustomer\.workflow\..+\.call$/.test(trigger.eventName)
  )
}

export const WorkflowInput = WorkflowDocument.extend({
  enabled: z.boolean().default(false).describe('Publishes it at once; it must have no problems then.'),
})
export type WorkflowInput = z.infer<typeof WorkflowInput>

/** What is left out stays. A change of what is written goes live at once where the workflow is enabled. */
export const WorkflowUpdate = z
  .strictObject({
    ...parts,
    description: text(5000),
    enabled: z.boolean(),
  })
  .partial()
export type WorkflowUpdate = z.infer<typeof WorkflowUpdate>

export const DraftUpdate = z.strictObject({
  document: WorkflowDocument,
  /** The `draftRev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type DraftUpdate = z.infer<typeof DraftUpdate>

/** Something that keeps a workflow from being published, and where it is. */
export const Problem = z.object({
  step: z.string().nullable().describe('The id of the step, `1` for the trigger; null: the workflow as a whole.'),
  field: z.string().nullable().describe('Inside the step: `params.uri`, `transitions.0`.'),
  message: z.string(),
})
export type Problem = z.infer<typeof Problem>

export const WorkflowAttributes = z.looseObject({
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  trigger: Trigger,
  steps: z.array(Step),
  response: z.unknown(),
  callable: z.boolean(),
  version: z.number().nullable().describe('What is live; null: nothing was published yet.'),
  draftRev: z.number(),
  isChanged: z.boolean().describe('The draft is not what is live.'),
  problems: z.array(Problem),
  systemDisabled: z.boolean(),
  disabledReason: z.string().nullable(),
  app: z.string().nullable().describe('The app that brought it.'),
  hasUpgrade: z.boolean().describe('The app brings a newer form of it, and it was changed here.'),
  nextAt: z.string().nullable(),
  lastRunAt: z.string().nullable(),
  runs: z.object({ done: z.number(), failed: z.number(), waiting: z.number() }).describe('Of the last seven days.'),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type WorkflowAttributes = z.infer<typeof WorkflowAttributes>

export const VersionAttributes = z.object({
  version: z.number(),
  document: WorkflowDocument,
  note: z.string().nullable(),
  publishedAt: z.string(),
})

export const UpgradeAttributes = z.object({
  document: WorkflowDocument.describe('What the app brings now.'),
  appVersion: z.string(),
})

export const PublishInput = z.strictObject({
  note: text(500).optional(),
  enabled: z.boolean().default(true),
})

export const RollBackInput = z.strictObject({ version: z.number().int().min(1) })

export const VariableName = text(64).regex(
  /^[A-Za-z][A-Za-z0-9_]*$/,
  'must begin with a letter and may hold letters, digits and _',
)
const variableTypes = ['string', 'number', 'boolean', 'secret'] as const
export const VariableInput = z.strictObject({
  name: VariableName,
  type: z.enum(variableTypes).default('string'),
  value: z.union([text(4096), z.number(), z.boolean()]),
})
export type VariableInput = z.infer<typeof VariableInput>
export const VariableUpdate = z.strictObject({ name: VariableName, value: VariableInput.shape.value }).partial()
export type VariableUpdate = z.infer<typeof VariableUpdate>
export const VariableAttributes = z.object({
  name: z.string(),
  type: z.enum(variableTypes),
  value: z.union([z.string(), z.number(), z.boolean()]).nullable().describe('A secret is never shown: null.'),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export const RunState = z.enum(['ready', 'waiting', 'done', 'failed', 'stopped', 'canceled'])
export type RunState = z.infer<typeof RunState>

export const RunError = z.object({
  message: z.string(),
  status: z.number().optional(),
  code: z.string().optional(),
  step: z.string().optional(),
  body: z.unknown().optional(),
})
export type RunError = z.infer<typeof RunError>

export const RunStepAttributes = z.object({
  step: z.string(),
  action: z.string().nullable(),
  name: z.string().nullable(),
  status: z.enum(['done', 'failed', 'retrying', 'waiting']),
  input: z.unknown().describe('Secrets are not shown.'),
  output: z.unknown(),
  error: RunError.nullable(),
  next: z.string().nullable(),
  attempts: z.number(),
  milliseconds: z.number(),
  at: z.string(),
})
export type RunStepAttributes = z.infer<typeof RunStepAttributes>

export const RunAttributes = z.object({
  workflow: z.string(),
  workflowName: z.string(),
  version: z.number(),
  state: RunState,
  startedBy: z.enum(['event', 'call', 'schedule']),
  event: z.string(),
  objectType: z.string().nullable(),
  objectId: z.string().nullable(),
  customer: z.string().nullable(),
  customerName: z.string().nullable(),
  nextStep: z.string().nullable(),
  stepsTaken: z.number(),
  dueAt: z.string().nullable(),
  error: RunError.nullable(),
  chain: z.array(z.string()).describe('The ids of the workflows that led to this run, the first cause first.'),
  trigger: z.unknown().optional().describe('What began it; with a single run alone.'),
  steps: z.array(RunStepAttributes).optional().describe('With a single run alone.'),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
})
export type RunAttributes = z.infer<typeof RunAttributes>

export const RetryInput = z.strictObject({
  step: StepId.optional().describe('Where to go on; without one, where it failed.'),
})

export const CallInput = z.strictObject({ inputs: z.record(z.string(), z.unknown()).default({}) })

export const WorkflowDryRunInput = z.strictObject({
  event: text(64).optional().describe('The id of a past event.'),
  inputs: z.record(z.string(), z.unknown()).optional().describe('For a workflow that is called or scheduled.'),
  document: WorkflowDocument.optional().describe('Tried in place of the draft.'),
})
export type WorkflowDryRunInput = z.infer<typeof WorkflowDryRunInput>

export const DryRunResult = z.object({
  matched: z.boolean().describe('False: the conditions of the trigger do not hold for it.'),
  state: RunState,
  error: RunError.nullable(),
  trigger: z.unknown(),
  unmet: z
    .array(
      z.object({
        branch: z.string().nullable().describe('What the branch is called.'),
        op: z.string(),
        looksAt: z.string().nullable(),
        found: z.unknown(),
        wanted: z.unknown(),
      }),
    )
    .describe('Why it did not match: what is not as the branches after the trigger want it.'),
  steps: z.array(
    RunStepAttributes.extend({ effect: z.string().nullable().describe('What the step would have done, in words.') }),
  ),
})
export type DryRunResult = z.infer<typeof DryRunResult>

/** An event of the past that a workflow can be tried on. */
export const PastEvent = z.object({
  type: z.string(),
  id: z.string(),
  attributes: z.object({
    name: z.string(),
    summary: z.string(),
    customerName: z.string().nullable(),
    createdAt: z.string(),
  }),
})

const JsonSchema = z.record(z.string(), z.unknown())

/** What a workflow can be made of: what the editor draws its forms from. */
export const Catalogue = z.object({
  events: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      group: z.string(),
      object: z.string().nullable(),
      fields: z.array(z.string()),
    }),
  ),
  actions: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      group: z.string(),
      input: JsonSchema,
      main: z.array(z.string()).describe('The fields that a form shows first.'),
      output: z.array(z.string()).describe('Names under `steps.<id>`.'),
    }),
  ),
  operators: z.array(z.object({ op: z.string(), title: z.string(), values: z.number() })),
  readyMade: z.array(
    z.object({ id: z.string(), title: z.string(), description: z.string(), document: WorkflowDocument }),
  ),
})
export type Catalogue = z.infer<typeof Catalogue>
