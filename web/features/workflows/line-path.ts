import type { Point } from './layout.ts'

const radius = 12

/** The corners of a line whose pieces all go straight down or across. */
export function squared(points: readonly Point[]): Point[] {
  const corners = points.flatMap((point, index) => {
    const next = points[index + 1]
    if (next === undefined || Math.abs(next.x - point.x) < 1 || Math.abs(next.y - point.y) < 1) {
      return [point]
    }
    const y = (point.y + next.y) / 2
    return [point, { x: point.x, y }, { x: next.x, y }]
  })
  return corners.filter((point, index) => {
    const [before, after] = [corners[index - 1], corners[index + 1]]
    const goesOn = (axis: 'x' | 'y') => before?.[axis] === point[axis] && after?.[axis] === point[axis]
    return !goesOn('x') && !goesOn('y')
  })
}

/** An SVG path through points, with round corners. */
export function pathThrough(points: readonly Point[]): string {
  const corners = squared(points)
  return corners
    .map((point, index) => {
      const [before, after] = [corners[index - 1], corners[index + 1]]
      if (before === undefined) {
        return `M ${point.x} ${point.y}`
      }
      if (after === undefined) {
        return `L ${point.x} ${point.y}`
      }
      const [start, end] = [towards(point, before), towards(point, after)]
      return `L ${start.x} ${start.y} Q ${point.x} ${point.y} ${end.x} ${end.y}`
    })
    .join(' ')
}

/** A point on the way from one to another, where the corner begins to bend. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const part = length === 0 ? 0 : Math.min(radius, length / 2) / length
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}

/** Where the name of a line stands: in the middle of its longest piece. */
export function middleOf(points: readonly Point[]): Point {
  const corners = squared(points)
  const pieces = corners.slice(1).map((end, index) => {
    const start = corners[index] ?? end
    return {
      length: Math.hypot(end.x - start.x, end.y - start.y),
      middle: { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 },
    }
  })
  return pieces.toSorted((a, b) => b.length - a.length)[0]?.middle ?? corners[0] ?? { x: 0, y: 0 }
}
