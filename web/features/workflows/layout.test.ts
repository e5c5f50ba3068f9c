import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { layOut, nodeSize } from './layout.ts'
import type { Point } from './layout.ts'
import { middleOf, pathThrough, squared } from './line-path.ts'

function fixture(name: string): object {
  const text = readFileSync(new URL(`../../../src/core/workflows/fixtures/${name}.json`, import.meta.url), 'utf8')
  const { enabled: _enabled, ...document } = JSON.parse(text) as { enabled?: boolean }
  return document
}
const steps = (...lines: [id: string, ...targets: string[]][]) => ({
  name: 'W',
  trigger: { eventName: 'x', transitions: [{ target: lines[0]?.[0] }] },
  steps: lines.map(([id, ...targets]) => ({ id, transitions: targets.map((target) => ({ target })) })),
})

/** The boxes that a straight piece of a line leads through, rather than ending at their edges. */
function crossed(from: Point, to: Point, places: ReadonlyMap<string, Point>): string[] {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)]
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)]
  return [...places].flatMap(([id, { x, y }]) =>
    right > x + 1 && left < x + nodeSize.width - 1 && bottom > y + 1 && top < y + nodeSize.height - 1 ? [id] : [],
  )
}

const documents: [what: string, document: object][] = [
  ['a step that goes back to an earlier one', steps(['a', 'b', 'c'], ['b', 'a'], ['c'])],
  ['a step that goes back to itself', steps(['a', 'a', 'b'], ['b'])],
  ['two that go back', steps(['a', 'b'], ['b', 'c', 'a'], ['c', 'a'])],
  ['a line past a step', steps(['a', 'b', 'c'], ['b', 'c'], ['c'])],
  ['a line past three', steps(['a', 'b', 'e', 'c'], ['b', 'd'], ['c', 'd'], ['d', 'e'], ['e'])],
  ['a document of the platform', fixture('order-form')],
  ['one that calls itself', fixture('bulk-pages')],
]

test.each(documents)('no line that is led around runs through a box: %s', (_, given) => {
  const { places, routes } = layOut(WorkflowDocument.parse(given))
  for (const [line, route] of routes) {
    const corners = squared(route)
    corners.slice(1).forEach((end, index) => {
      const start = corners[index] ?? end
      expect(crossed(start, end, places), line).toEqual([])
    })
    expect(pathThrough(route)).toMatch(/^M [-\d. ]+( [LQ] [-\d. ]+)+$/)
  }
})

test('a line that goes back leaves and arrives at a side, and its name stands beside the steps', () => {
  const { places, routes } = layOut(WorkflowDocument.parse(steps(['a', 'b'], ['b', 'a'])))
  const [[line, route = []] = []] = routes
  expect(line).toBe('b/transitions/0')
  const rightOf = (id: string) => (places.get(id)?.x ?? 0) + nodeSize.width
  expect([route[0]?.x, route.at(-1)?.x]).toEqual([rightOf('b'), rightOf('a')])
  expect(middleOf(route).x).toBeGreaterThan(rightOf('a'))
})
