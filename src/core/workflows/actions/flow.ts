import { RE2JS } from 're2js'
import { z } from 'zod'

import { isId } from '../../../platform/ids.ts'
import { Condition } from '../schema.ts'
import { startCall } from '../start.ts'
import { ActionFailed, defineAction } from './action.ts'

const group = 'Flow'
const unitMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const
const unit = z.enum(['seconds', 'minutes', 'hours', 'days'])
const longestWaitMs = 365 * unitMs.days

export function durationMs(amount: number, of: z.infer<typeof unit>): number {
  return Math.min(longestWaitMs, amount * unitMs[of])
}

const amount = z.number().min(0, 'must not be negative').max(1_000_000)

export const flowActions = [
  defineAction({
    kind: 'wait',
    name: 'tellback.wait.duration',
    title: 'Wait',
    description: 'The run goes on after this time, whatever restarts in between.',
    group,
    input: z.strictObject({
      amount: amount.meta({ title: 'How long' }),
      unit: unit.default('hours').meta({ title: 'Of what' }),
    }),
    main: ['amount', 'unit'],
    output: [],
    effect: (input) => `Waits ${input.amount} ${input.unit}.`,
    wait: (input, now) => ({ until: new Date(now.getTime() + durationMs(input.amount, input.unit)) }),
  }),
  defineAction({
    kind: 'wait',
    name: 'tellback.wait.event',
    title: 'Wait until something happens',
    description: 'The run goes on when the event comes, or after the time; `timedOut` says which.',
    group,
    input: z.strictObject({
      eventName: z.string().min(1, 'must name an event').max(255).meta({ title: 'Event', choices: 'event' }),
      object: z
        .string()
        .max(64)
        .nullish()
        .meta({ title: 'About', description: 'The id of what it is about. Left empty: anything.' }),
      condition: Condition.optional().meta({ title: 'Only if', condition: true }),
      amount: amount.default(24).meta({ title: 'At most' }),
      unit: unit.default('hours').meta({ title: 'Of what' }),
    }),
    main: ['eventName', 'object', 'amount', 'unit', 'condition'],
    output: ['timedOut', 'event'],
    effect: (input) => `Waits for ${input.eventName}, at most ${input.amount} ${input.unit}.`,
    wait: (input, now) => ({
      until: new Date(now.getTime() + durationMs(input.amount, input.unit)),
      event: { name: input.eventName, objectId: input.object ?? undefined, condition: input.condition },
    }),
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.app.scheduler.schedule-workflow',
    title: 'Call another workflow',
    description: 'Now or later. It has to be one that can be called.',
    group,
    input: z.strictObject({
      workflowId: z.string().min(1, 'must name a workflow').max(64).meta({ title: 'Workflow', choices: 'callable' }),
      inputs: z.record(z.string(), z.unknown()).default({}).meta({ title: 'Inputs' }),
      runAt: z
        .union([
          z.strictObject({ value: z.number().min(0), type: z.literal('relative').default('relative') }),
          z.strictObject({ value: z.iso.datetime({ offset: true }), type: z.literal('absolute') }),
        ])
        .default({ value: 0, type: 'relative' })
        .meta({ title: 'When', description: 'Seconds from now, or a moment.' }),
    }),
    main: ['workflowId', 'inputs', 'runAt'],
    output: ['run'],
    effect: ({ workflowId, runAt }) =>
      `Calls the workflow ${workflowId}${runAt.type === 'absolute' ? ` at ${runAt.value}` : runAt.value === 0 ? '' : ` in ${runAt.value} seconds`}.`,
    run: async ({ tx, services, place }, { workflowId, inputs, runAt }) => {
      if (!isId(workflowId)) {
        throw new ActionFailed('workflowId must be the id of a workflow.', { code: 'badparam' })
      }
      const now = services.now().getTime()
      const at =
        runAt.type === 'absolute' ? new Date(runAt.value) : new Date(now + Math.min(longestWaitMs, runAt.value * 1000))
      return { run: await startCall(tx, workflowId, inputs, at, { chain: place.chain, calls: place.calls + 1 }) }
    },
  }),
  defineAction({
    kind: 'inside',
    name: 'kustomer.regex-match.generic',
    title: 'Find by a pattern',
    description: 'The first part of a text that matches a regular expression (RE2).',
    group,
    input: z.strictObject({
      testString: z.string().max(200_000).meta({ title: 'Text' }),
      regex: z.string().min(1, 'must not be empty').max(1000).meta({ title: 'Pattern' }),
    }),
    main: ['testString', 'regex'],
    output: ['match', 'groups'],
    effect: ({ regex }) => `Looks for ${regex}.`,
    run: ({ place: _place }, { testString, regex }) => {
      const [, body = regex, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(regex) ?? []
      const found = RE2JS.compile(body, flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0).matcher(testString)
      if (!found.find()) {
        return Promise.resolve({ match: null, groups: [] })
      }
      const groups = Array.from({ length: found.groupCount() }, (_, index) => found.group(index + 1) ?? null)
      return Promise.resolve({ match: found.group() ?? null, groups })
    },
  }),
]
