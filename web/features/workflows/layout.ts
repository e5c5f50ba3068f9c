import dagre from '@dagrejs/dagre'

import { triggerStep } from '../../../src/core/workflows/schema.ts'
import type { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { linesOf } from './document.ts'
import type { Line } from './document.ts'

export const nodeSize = { width: 250, height: 84 }
const betweenRanks = 78
const channel = 30 // pixels from the outermost step to the first line that goes back
const betweenChannels = 16
// Where lines go across in the gap below a row: under the names of lines, and over the arrows of the next row.
const belowLabels = 60
const aboveArrows = 18

export interface Point {
  x: number
  y: number
}

export interface Layout {
  /** The upper left corner of each step. */
  places: Map<string, Point>
  /** The corners of lines that cannot go straight to the step below, by the line's key: from where to where, around the others. */
  routes: Map<string, Point[]>
}

export const keyOf = ({ from, kind, index }: Line) => `${from}/${kind}/${index}`

/** Where each step stands on the canvas, from the trigger downwards, and where lines go; nobody has to arrange anything. */
export function layOut(document: WorkflowDocument): Layout {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 60, ranksep: betweenRanks })
  graph.setDefaultEdgeLabel(() => ({}))
  const ids = [triggerStep, ...document.steps.map((it) => it.id)]
  ids.forEach((id) => graph.setNode(id, { ...nodeSize }))
  const lines = linesOf(document).filter((it) => graph.hasNode(it.to))
  lines.forEach(({ from, to }) => graph.setEdge(from, to))
  dagre.layout(graph)
  const middles = new Map(ids.map((id): [string, Point] => [id, { x: graph.node(id).x, y: graph.node(id).y }]))
  const at = (id: string) => middles.get(id) ?? { x: 0, y: 0 }
  const routes = new Map<string, Point[]>()
  let back = 0
  for (const line of lines) {
    const [from, to] = [at(line.from), at(line.to)]
    if (to.y <= from.y) {
      routes.set(keyOf(line), aroundTheSide(from, to, [...middles.values()], back))
      back += 1
    } else if (to.y - from.y > nodeSize.height + betweenRanks + 1) {
      const between = (graph.edge(line.from, line.to).points as Point[]).slice(1, -1)
      routes.set(keyOf(line), [bottomOf(from), ...between, topOf(to)])
    }
  }
  const corner = ({ x, y }: Point) => ({ x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 })
  return { places: new Map([...middles].map(([id, middle]) => [id, corner(middle)])), routes }
}

const bottomOf = ({ x, y }: Point): Point => ({ x, y: y + nodeSize.height / 2 })
const topOf = ({ x, y }: Point): Point => ({ x, y: y - nodeSize.height / 2 })

/**
 * Out at one side, up beside all steps, and in again. Where another step stands beside it, a line leaves at the bottom and arrives at
 * the top, by the gap between two rows.
 */
function aroundTheSide(from: Point, to: Point, steps: Point[], back: number): Point[] {
  const isFree = (of: Point, sign: 1 | -1) => !steps.some((it) => it.y === of.y && (it.x - of.x) * sign > 0)
  const ends = (sign: 1 | -1) => [from, to].filter((it) => isFree(it, sign)).length
  const sign = ends(1) >= ends(-1) ? 1 : -1
  const outermost = Math.max(...steps.map((it) => it.x * sign)) + nodeSize.width / 2
  const x = (outermost + channel + back * betweenChannels) * sign
  const side = (nodeSize.width / 2) * sign
  const own = from === to ? 18 : 0
  const leaving = isFree(from, sign)
    ? [{ x: from.x + side, y: from.y + own }]
    : [bottomOf(from), { x: from.x, y: bottomOf(from).y + belowLabels }]
  const arriving = isFree(to, sign)
    ? [{ x: to.x + side, y: to.y - own }]
    : [{ x: to.x, y: topOf(to).y - aboveArrows }, topOf(to)]
  return [...leaving, { x, y: leaving.at(-1)?.y ?? 0 }, { x, y: arriving[0]?.y ?? 0 }, ...arriving]
}
