import { expect, test } from 'vitest'
import { z } from 'zod'

import { castInput } from './cast.ts'
import { nextTime, problemsOfWorkflow, scheduleProblem } from './check.ts'
import { conditionProblems, firstThatHolds, holds, unmetIn } from './conditions.ts'
import { flatten } from './flatten.ts'
import { LimitReached } from './limits.ts'
import { readyMade } from './ready-made.ts'
import { pathsIn, resolveValue, valueAt } from './references.ts'
import type { Scope } from './references.ts'
import { WorkflowDocument } from './schema.ts'
import { renderTemplate } from './templates.ts'

const scope: Scope = {
  steps: {
    '1': {
      id: 'f1',
      score: 2,
      text: '<b>Bad</b> & late',
      tags: ['late', 'tent'],
      custom: { ratingNum: 2 },
      emails: [{ email: 'ana@example.com' }],
      empty: '',
      at: '2026-11-20T10:00:00Z',
    },
    'aB-9_x': { customer: 'c1', rows: [{ n: 1 }, { n: 2 }] },
  },
  variables: { team: 't1' },
  error: { status: 404, message: 'gone' },
  _env: { orgId: 'o1' },
}

test('a text that is one reference keeps the type of what it names', () => {
  expect(resolveValue('/#steps.1.score', scope)).toBe(2)
  expect(resolveValue('/#steps.1.tags', scope)).toEqual(['late', 'tent'])
  expect(resolveValue('/#steps.1.emails[0].email', scope)).toBe('ana@example.com')
  expect(resolveValue('/#steps.1.emails.0.email', scope)).toBe('ana@example.com')
  expect(resolveValue('/#steps.aB-9_x.customer', scope)).toBe('c1')
  expect(resolveValue('/#variables.team', scope)).toBe('t1')
  expect(resolveValue('/#_env.orgId', scope)).toBe('o1')
  expect(resolveValue('/#error.status', scope)).toBe(404)
  expect(resolveValue('/#steps.1.nothing.there', scope)).toBeNull()
  expect(resolveValue({ a: ['/#steps.1.score', { b: 'plain' }] }, scope)).toEqual({ a: [2, { b: 'plain' }] })
})

test('functions take paths and texts', () => {
  const read = (name: string) =>
    resolveValue(`/#fn:${name}`, { ...scope, steps: { '1': { price: '12.50 EUR', list: ['a', 'b'] } } })
  expect(read('parseFloat,steps.1.price')).toBe(12.5)
  expect(read('parseInt,steps.1.price')).toBe(12)
  expect(read('parseFloat,steps.1.list')).toBeNull()
  expect(read('join,steps.1.list,; ')).toBe('a;b')
  expect(read('length,steps.1.list')).toBe(2)
  expect(read('toUpperCase,steps.1.price')).toBe('12.50 EUR')
  expect(() => read('constructor,steps.1.price')).toThrow('There is no function constructor.')
  expect(() => read('hasOwnProperty,x')).toThrow('no function')
})

test('two braces escape, three do not, and objects are written as JSON', () => {
  expect(renderTemplate('{{steps.1.text}}', scope)).toBe('&lt;b&gt;Bad&lt;&#x2F;b&gt; &amp; late')
  expect(renderTemplate('{{{steps.1.text}}} ({{steps.1.score}})', scope)).toBe('<b>Bad</b> & late (2)')
  expect(renderTemplate('{{{steps.1.tags}}}', scope)).toBe('["late","tent"]')
  expect(renderTemplate('{{#steps.aB-9_x.rows}}{{n}};{{/steps.aB-9_x.rows}}', scope)).toBe('1;2;')
  expect(renderTemplate('[{{steps.1.nothing}}]', scope)).toBe('[]')
})

test('no reference and no template reaches more than the documents of the run', () => {
  for (const path of [
    'constructor',
    'steps.constructor',
    'steps.1.constructor.name',
    'steps.__proto__',
    '__proto__.x',
    'steps.1.text.length',
    'process.env.PATH',
    'globalThis',
    'this',
    'require',
  ]) {
    expect(resolveValue(`/#${path}`, scope), path).toBeNull()
    expect(renderTemplate(`{{{${path}}}}`, scope), path).toBe('')
  }
  expect(renderTemplate('{{> /etc/passwd}}{{#steps.1.constructor}}reached{{/steps.1.constructor}}', scope)).toBe('')
  expect(valueAt({ a: { b: 1 } }, 'a.b')).toBe(1)
})

test('a template over a million rows is stopped by its limits', () => {
  const many = { ...scope, steps: { '1': { rows: Array.from({ length: 1_000_000 }, (_, n) => ({ n })) } } }
  expect(() => renderTemplate('{{#steps.1.rows}}{{n}}{{/steps.1.rows}}', many)).toThrow(LimitReached)
  expect(() => renderTemplate('{{#steps.1.rows}}{{#steps.1.rows}}{{/steps.1.rows}}{{/steps.1.rows}}', many)).toThrow(
    LimitReached,
  )
  const long = { ...scope, steps: { '1': { text: 'x'.repeat(150_000) } } }
  expect(() => renderTemplate('{{{steps.1.text}}}{{{steps.1.text}}}', long)).toThrow('more than 200000 characters')
})

test.each([
  ['true', [true], true],
  ['eq', ['/#steps.1.score', 2], true],
  ['eq', ['/#steps.1.score', '2'], true],
  ['eq', ['/#steps.1.score', '2.0'], true],
  ['eq', ['/#steps.1.score', '2.'], true],
  ['eq', ['007', '7'], false],
  ['eq', ['/#steps.1.score', 3], false],
  ['eq', ['/#steps.1.nothing', ''], true],
  ['neq', ['/#steps.1.score', 3], true],
  ['exists', ['/#steps.1.text', ''], true],
  ['exists', ['/#steps.1.empty', ''], false],
  ['exists', ['/#steps.1.nothing', ''], false],
  ['dne', ['/#steps.1.nothing'], true],
  ['dne', ['/#steps.1.score'], false],
  ['gt', ['/#steps.1.score', 1], true],
  ['gt', ['/#steps.1.score', 2], false],
  ['gt', ['/#steps.1.nothing', 0], false],
  ['gte', ['/#steps.1.score', 2], true],
  ['lt', ['/#steps.1.at', '2026-11-21T00:00:00Z'], true],
  ['lt', ['/#steps.1.nothing', 5], false],
  ['lte', ['/#steps.1.score', '2'], true],
  ['in', ['/#steps.1.score', [1, 2]], true],
  ['in', ['/#steps.1.tags', ['tent', 'boot']], true],
  ['nin', ['/#steps.1.score', [1, 2]], false],
  ['contains', ['/#steps.1.tags', 'late'], true],
  ['contains', ['/#steps.1.text', 'bad'], true],
  ['ncontains', ['/#steps.1.tags', 'late'], false],
  ['starts', ['/#steps.1.id', 'F'], true],
  ['ends', ['/#steps.1.id', '1'], true],
  ['matches', ['/#steps.1.text', 'late$'], true],
  ['matches', ['/#steps.1.text', '^late'], false],
  [
    'and',
    [
      { op: 'eq', values: ['/#steps.1.score', 2] },
      { op: 'exists', values: ['/#steps.1.text', ''] },
    ],
    true,
  ],
  [
    'and',
    [
      { op: 'eq', values: ['/#steps.1.score', 2] },
      { op: 'eq', values: [1, 2] },
    ],
    false,
  ],
  [
    'or',
    [
      { op: 'eq', values: [1, 2] },
      { op: 'eq', values: ['/#steps.1.score', 2] },
    ],
    true,
  ],
  ['or', [{ op: 'eq', values: [1, 2] }], false],
  ['not', [{ op: 'eq', values: [1, 2] }], true],
])('%s of %j is %s', (op, values, expected) => {
  expect(holds({ op, values }, scope)).toBe(expected)
})

test('the first transition that holds wins; none ends', () => {
  const no = { op: 'eq', values: [1, 2] }
  expect(firstThatHolds([{ target: 'a', condition: no }, { target: 'b' }, { target: 'c' }], scope)?.target).toBe('b')
  expect(firstThatHolds([{ target: 'a', condition: no }], scope)).toBeUndefined()
  expect(() => holds({ op: 'constructor', values: [] }, scope)).toThrow('There is no operator constructor.')
})

test('why a condition does not hold: what of it is not so, with what was found', () => {
  const low = { op: 'lte', values: ['/#steps.1.score', 1] }
  const own = { op: 'eq', values: ['/#steps.1.id', 'f1'] }
  const unmet = { op: 'lte', looksAt: 'steps.1.score', found: 2, wanted: 1 }
  expect(unmetIn(undefined, scope)).toEqual([])
  expect(unmetIn(own, scope)).toEqual([])
  expect(unmetIn({ op: 'and', values: [own, low] }, scope)).toEqual([unmet])
  expect(unmetIn({ op: 'or', values: [low, { op: 'dne', values: ['/#steps.1.id'] }] }, scope)).toEqual([
    unmet,
    { op: 'dne', looksAt: 'steps.1.id', found: 'f1', wanted: null },
  ])
  expect(unmetIn({ op: 'not', values: [own] }, scope)).toEqual([
    { op: 'not', looksAt: null, found: null, wanted: null },
  ])
  expect(unmetIn({ op: 'eq', values: ['/#steps.1.nothing', 1] }, scope)).toMatchObject([{ found: null }])
})

test('a pattern that would go back for ever elsewhere ends here', () => {
  const begun = performance.now()
  expect(holds({ op: 'matches', values: ['a'.repeat(50_000), '^(a+)+$'] }, scope)).toBe(true)
  expect(holds({ op: 'matches', values: [`${'a'.repeat(5_000)}!`, '^(a|a)*$'] }, scope)).toBe(false)
  expect(performance.now() - begun).toBeLessThan(10_000)
  expect(conditionProblems({ op: 'matches', values: ['x', '('] })[0]).toContain('The pattern cannot be read')
})

test('values are brought to the types that an action wants', () => {
  const Input = z.strictObject({
    n: z.number(),
    tags: z.array(z.string()),
    is: z.boolean(),
    name: z.string().nullish(),
    title: z.string().optional(),
  })
  expect(castInput(Input, { n: '4', tags: 'a', is: 'true', name: null, title: null })).toEqual({
    n: 4,
    tags: ['a'],
    is: true,
    name: null,
  })
  expect(castInput(Input, { n: 'four', title: 4 })).toEqual({ n: 'four', title: '4' })
})

test('a resource is flattened: attributes beside its id, relations by their ids', () => {
  expect(
    flatten({
      type: 'message',
      id: 'm1',
      attributes: { preview: 'Hi', custom: { aStr: 'x' } },
      relationships: {
        customer: { data: { type: 'customer', id: 'c1' } },
        tags: { data: [{ id: 't1' }] },
        messages: { links: {} },
      },
    }),
  ).toEqual({
    type: 'message',
    id: 'm1',
    preview: 'Hi',
    custom: { aStr: 'x' },
    customer: 'c1',
    customerId: 'c1',
    tags: ['t1'],
  })
})

test('paths in a value are found in references, functions and templates', () => {
  expect(
    pathsIn({ a: '/#steps.1.x', b: ['/#fn:parseFloat,steps.2.y'], c: 'Hi {{steps.3.z}} {{{ variables.v }}}' }),
  ).toEqual(['steps.1.x', 'steps.2.y', 'steps.3.z', 'variables.v'])
})

const document = (parts: object) => WorkflowDocument.parse({ name: 'W', ...parts })
const said = (parts: object, variables: { id: string; name: string; type: string }[] = []) =>
  problemsOfWorkflow(document(parts), variables).map((it) => `${it.step ?? ''} ${it.field ?? ''}: ${it.message}`)

test('what keeps a workflow from being published is named with its place', () => {
  const note = { id: 'note', action: 'kustomer.note.create', params: { conversation: '/#steps.1.id', body: 'Hi' } }
  const trigger = { eventName: 'kustomer.conversation.create', transitions: [{ target: 'note' }] }
  expect(said({ trigger, steps: [note] })).toEqual([])
  expect(said({})).toEqual(['1 eventName: Choose what starts it.', '1 transitions: Add a first step.'])
  expect(said({ trigger: { ...trigger, eventName: 'kustomer.nothing' }, steps: [note] })).toEqual([
    '1 eventName: Nothing here raises kustomer.nothing.',
  ])
  expect(said({ trigger, steps: [] })).toEqual(['1 transitions.0: There is no step note.'])
  expect(said({ trigger, steps: [{ ...note, params: { conversation: '/#steps.9.id', body: '' } }] })).toEqual([
    'note params.conversation: There is no step 9, which steps.9.id names.',
    'note params.body: Fill this in.',
  ])
  expect(said({ trigger, steps: [{ ...note, params: { ...note.params, extra: 1, body: '{{#open}}' } }] })).toEqual([
    'note params.body: Unclosed section "open" at 9',
    'note params.extra: Add a note has no field extra.',
  ])
  expect(said({ trigger, steps: [{ ...note, action: 'kustomer.app.unknown' }] })).toEqual([
    'note action: This desk has no action kustomer.app.unknown.',
  ])
  expect(said({ trigger, steps: [note, note] })).toEqual(['note : Another step has the same id.'])
  expect(
    said({ trigger, steps: [{ ...note, transitions: [{ target: 'note', condition: { op: 'like', values: [] } }] }] }),
  ).toEqual(['note transitions.0: There is no operator like.'])
  expect(
    said({
      trigger: { ...trigger, eventName: 'tellback.schedule', schedule: { cron: '99 * * * *' } },
      steps: [note],
    })[0],
  ).toContain('The times cannot be read')
})

test('a secret may stand in a call to another system and nowhere else', () => {
  const variables = [{ id: 'v1', name: 'token', type: 'secret' }]
  const trigger = { eventName: 'kustomer.conversation.create', transitions: [{ target: 'a' }] }
  const call = {
    id: 'a',
    action: 'kustomer.rest-api.json',
    params: { uri: 'https://example.com', headers: { authorization: 'Bearer {{variables.token}}' } },
  }
  expect(said({ trigger, steps: [call] }, variables)).toEqual([])
  const note = {
    id: 'a',
    action: 'kustomer.note.create',
    params: { conversation: '/#steps.1.id', body: '{{variables.v1}}' },
  }
  expect(said({ trigger, steps: [note] }, variables)).toEqual([
    'a params.body: token is a secret: only “Call an address” can use it.',
  ])
  expect(said({ trigger, steps: [call] })).toEqual(['a params.headers: There is no variable token.'])
})

test('a schedule comes in its own time zone, over the change of the clocks', () => {
  const schedule = { cron: '0 9 * * 1-5', timeZone: 'Europe/Vienna' }
  expect(nextTime(schedule, new Date('2026-10-23T08:00:00Z'))?.toISOString()).toBe('2026-10-26T08:00:00.000Z')
  expect(nextTime(schedule, new Date('2026-10-22T08:00:00Z'))?.toISOString()).toBe('2026-10-23T07:00:00.000Z')
  expect(scheduleProblem({ cron: '0 9 31 2 *', timeZone: 'UTC' })).toBe('This time never comes.')
  expect(scheduleProblem({ cron: '0 9 * * *', timeZone: 'Nowhere/Else' })).toContain('The times cannot be read')
})

test.each(readyMade.map((it) => [it.title, it] as const))(
  'the template “%s” lacks nothing but what only its user knows',
  (_, it) => {
    const problems = problemsOfWorkflow(WorkflowDocument.parse(it.document), [])
    expect(
      problems.filter((found) => !/^(Fill this in|Choose somebody|Choose what starts it)\.$/.test(found.message)),
    ).toEqual([])
  },
)
