import dagre from '@dagrejs/dagre'

import { triggerStep } from '../../../src/core/workflows/schema.ts'
import type { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { linesOf } from './document.ts'

export const nodeSize = { width: 250, height: 84 }

/** Where each step stands on the canvas, from the trigger downwards; nobody has to arrange anything. */
export function layOut(document: WorkflowDocument): Map<string, { x: number; y: number }> {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 60, ranksep: 78 })
  graph.setDefaultEdgeLabel(() => ({}))
  const ids = [triggerStep, ...document.steps.map((it) => it.id)]
  ids.forEach((id) => graph.setNode(id, { ...nodeSize }))
  for (const { from, to } of linesOf(document)) {
    if (graph.hasNode(to)) {
      graph.setEdge(from, to)
    }
  }
  dagre.layout(graph)
  return new Map(
    ids.map((id) => {
      const { x, y } = graph.node(id)
      return [id, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }]
    }),
  )
}
