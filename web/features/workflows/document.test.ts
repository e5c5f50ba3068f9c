import { expect, test } from 'vitest'

import { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { addStep, inOrder, linesOf, neighbour, removeStep, stepsBefore } from './document.ts'

const start = WorkflowDocument.parse({
  name: 'W',
  trigger: { eventName: 'kustomer.note.create', transitions: [{ target: 'a', condition: { op: 'true', values: [] } }] },
  steps: [
    { id: 'a', action: 'kustomer.note.create', transitions: [{ target: 'b' }, { target: 'c' }] },
    { id: 'b' },
    { id: 'c', errorCases: [{ target: 'b' }] },
  ],
})
const lines = (document: WorkflowDocument) => linesOf(document).map((it) => `${it.from}>${it.to}`)

test('a step is added at the end of a branch, or into a line, and is named after what it does', () => {
  const end = addStep(start, { step: 'b', kind: 'transitions' }, { action: 'tellback.conversation.assign', params: {} })
  expect(end.id).toBe('assign')
  expect(lines(end.document)).toEqual(['1>a', 'a>b', 'a>c', 'b>assign', 'c>b'])
  const into = addStep(
    start,
    { step: '1', kind: 'transitions', index: 0 },
    { action: 'kustomer.note.create', params: {} },
  )
  expect(lines(into.document)).toEqual(['1>create', 'a>b', 'a>c', 'c>b', 'create>a'])
  expect(into.document.trigger.transitions[0]?.condition).toEqual({ op: 'true', values: [] })
  // After a step that goes on without a condition, the new one comes between.
  const between = addStep(end.document, { step: 'b', kind: 'transitions' }, { params: {} })
  expect(lines(between.document)).toEqual(['1>a', 'a>b', 'a>c', 'b>branch', 'c>b', 'branch>assign'])
  const branch = addStep(end.document, { step: 'b', kind: 'transitions', isBranch: true }, { params: {} })
  expect(lines(branch.document)).toEqual(['1>a', 'a>b', 'a>c', 'b>branch', 'b>assign', 'c>b'])
  expect(branch.document.steps[1]?.transitions[0]?.condition).toEqual({ op: 'eq', values: ['', ''] })
  const again = addStep(
    into.document,
    { step: 'b', kind: 'errorCases' },
    { action: 'kustomer.note.create', params: {} },
  )
  expect(again.id).toBe('create2')
})

test('what led to a step that is taken out leads on to what came after it', () => {
  expect(lines(removeStep(start, 'a'))).toEqual(['1>b', 'c>b'])
  expect(lines(removeStep(start, 'b'))).toEqual(['1>a', 'a>c'])
})

test('steps come in the order of a run, and know what came before them', () => {
  expect(inOrder(start)).toEqual(['1', 'a', 'b', 'c'])
  expect(stepsBefore(start, 'b').map((it) => it.id)).toEqual(['a', 'c'])
  expect(stepsBefore(start, 'a')).toEqual([])
})

test('arrow keys lead along the lines', () => {
  expect([
    neighbour(start, '1', 'down'),
    neighbour(start, 'b', 'right'),
    neighbour(start, 'c', 'left'),
    neighbour(start, 'a', 'up'),
  ]).toEqual(['a', 'c', 'b', '1'])
  expect(neighbour(start, 'c', 'right')).toBeUndefined()
})
