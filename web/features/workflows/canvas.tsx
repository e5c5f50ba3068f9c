import '@xyflow/react/dist/style.css'
import './canvas.css'
import { ActionIcon, Badge, Group, Text, ThemeIcon, Tooltip, useComputedColorScheme } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPlay, IconPlus } from '@tabler/icons-react'
import {
  Background,
  BaseEdge,
  Controls,
  EdgeLabelRenderer,
  getSmoothStepPath,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react'
import type { Edge, EdgeProps, Node, NodeProps } from '@xyflow/react'
import { useCallback, useEffect, useMemo } from 'react'

import { triggerStep } from '../../../src/core/workflows/schema.ts'
import type { Catalogue, Problem, WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { linesOf, neighbour } from './document.ts'
import type { Line, Place } from './document.ts'
import { cardOf } from './focus-soon.ts'
import { keyOf, layOut, nodeSize } from './layout.ts'
import type { Point } from './layout.ts'
import { middleOf, pathThrough } from './line-path.ts'
import { nameOfStep, nameOfTrigger } from './sources.ts'
import { pictureOf } from './step-icon.tsx'
import { summaryOf } from './summary.ts'
import type { Choices } from './use-catalogue.ts'

export interface CanvasProps {
  document: WorkflowDocument
  catalogue: Catalogue
  choices: Choices
  selected: string | undefined
  problems: readonly Problem[]
  /** The steps that a run or a dry run took. */
  path: ReadonlySet<string> | undefined
  onSelect: (id: string | undefined) => void
  onAddStep: (place: Place) => void
  onRemove: (id: string) => void
  /** Goes into the form of what is selected. */
  onEnter: () => void
}

type StepNode = Node<
  {
    id: string
    title: string
    summary: string
    action: string | undefined
    isTrigger: boolean
    problems: string[]
    isSelected: boolean
    isPassed: boolean | undefined
    onAdd: () => void
    onSelect: () => void
    /** True: the key was for the canvas. */
    onKey: (key: string) => boolean
  },
  'step'
>
type LineEdge = Edge<
  { line: Line; route: Point[] | undefined; isPassed: boolean | undefined; onAdd: () => void },
  'line'
>

function StepCard({ data }: NodeProps<StepNode>) {
  const { icon: Picture, color } = pictureOf(data.action)
  return (
    <div
      className="workflow-node"
      data-selected={data.isSelected}
      data-passed={data.isPassed}
      style={{ width: nodeSize.width, height: nodeSize.height }}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        className="workflow-card nodrag nopan"
        data-step={data.id}
        aria-pressed={data.isSelected}
        onClick={data.onSelect}
        onKeyDown={(event) => {
          if (data.onKey(event.key)) {
            event.preventDefault()
          }
        }}
      >
        <Group gap={10} wrap="nowrap" align="flex-start">
          <ThemeIcon variant="light" color={data.isTrigger ? 'green' : color} size={34} radius="md">
            {data.isTrigger ? <IconPlayerPlay size={19} /> : <Picture size={19} />}
          </ThemeIcon>
          <div style={{ minWidth: 0, flex: 1 }}>
            <Text size="sm" fw={600} lineClamp={data.summary === '' ? 2 : 1} component="span">
              {data.title}
            </Text>
            <Text size="xs" c="dimmed" lineClamp={2} component="span">
              {data.summary}
            </Text>
          </div>
          {data.problems.length > 0 && (
            <Tooltip label={data.problems.join(' ')} multiline maw={280}>
              <Badge
                color="red"
                size="sm"
                variant="light"
                leftSection={<IconAlertTriangle size={11} />}
                aria-label={`${data.problems.length} to mend`}
              >
                {data.problems.length}
              </Badge>
            </Tooltip>
          )}
        </Group>
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
      <Tooltip label="Add a step after this one">
        <ActionIcon
          className="workflow-add nodrag nopan"
          size={32}
          radius="xl"
          variant="filled"
          aria-label={`Add a step after ${data.title}`}
          onClick={data.onAdd}
        >
          <IconPlus size={17} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

function LineWithLabel({
  id,
  sourceX,
  sourceY,
  targetX,
  targetY,
  sourcePosition,
  targetPosition,
  data,
  markerEnd,
}: EdgeProps<LineEdge>) {
  const [path, x, y] =
    data?.route === undefined
      ? getSmoothStepPath({
          sourceX,
          sourceY: sourceY + 16,
          targetX,
          targetY,
          sourcePosition,
          targetPosition,
          borderRadius: 12,
        })
      : routed(data.route)
  const isError = data?.line.kind === 'errorCases'
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        {...(markerEnd === undefined ? {} : { markerEnd })}
        className="workflow-line"
        data-error={isError}
        data-passed={data?.isPassed}
      />
      {data?.line.label !== undefined && (
        <EdgeLabelRenderer>
          <div
            className="workflow-label nodrag nopan"
            data-error={isError}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            <span>{data.line.label}</span>
            <Tooltip label="Put a step in between">
              <ActionIcon
                size={32}
                radius="xl"
                variant="subtle"
                aria-label={`Put a step in between: ${data.line.label}`}
                onClick={data.onAdd}
              >
                <IconPlus size={15} />
              </ActionIcon>
            </Tooltip>
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  )
}

function routed(route: Point[]): [path: string, x: number, y: number] {
  const { x, y } = middleOf(route)
  return [pathThrough(route), x, y]
}

const lineColor = (line: Line, isPassed: boolean | undefined) =>
  isPassed === true
    ? 'var(--mantine-color-teal-6)'
    : line.kind === 'errorCases'
      ? 'var(--mantine-color-red-6)'
      : 'var(--workflow-line)'

const nodeTypes = { step: StepCard }
const edgeTypes = { line: LineWithLabel }
const keys: Record<string, 'up' | 'down' | 'left' | 'right'> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

/** The workflow as a drawing. Steps stand where they belong by themselves; arrow keys go from one to the next. */
export function Canvas({
  document,
  catalogue,
  choices,
  selected,
  problems,
  path,
  onSelect,
  onAddStep,
  onRemove,
  onEnter,
}: CanvasProps) {
  const scheme = useComputedColorScheme('light')
  const act = useCallback(
    (id: string, key: string): boolean => {
      const direction = keys[key]
      if (direction !== undefined) {
        const next = neighbour(document, id, direction)
        if (next !== undefined) {
          onSelect(next)
          cardOf(next)()?.focus({ preventScroll: true })
        }
        return true
      }
      if (key === 'a' || key === 'A') {
        onAddStep({ step: id, kind: 'transitions' })
        return true
      }
      if (key === 'Enter' && id === selected) {
        onEnter()
        return true
      }
      if ((key === 'Delete' || key === 'Backspace') && id !== triggerStep) {
        onRemove(id)
        return true
      }
      return false
    },
    [document, selected, onSelect, onAddStep, onRemove, onEnter],
  )
  const { nodes, edges } = useMemo(() => {
    const { places, routes } = layOut(document)
    const ids = [triggerStep, ...document.steps.map((it) => it.id)]
    const drawn = ids.map((id): StepNode => {
      const step = document.steps.find((it) => it.id === id)
      return {
        id,
        type: 'step',
        position: places.get(id) ?? { x: 0, y: 0 },
        width: nodeSize.width,
        height: nodeSize.height,
        draggable: false,
        focusable: false,
        selectable: false,
        data: {
          id,
          title: step === undefined ? nameOfTrigger(document, catalogue) : nameOfStep(step, catalogue),
          summary: step === undefined ? 'When this happens' : summaryOf(step, catalogue, choices),
          action: step?.action,
          isTrigger: step === undefined,
          problems: problems.filter((it) => it.step === id).map((it) => it.message),
          isSelected: id === selected,
          isPassed: path?.has(id),
          onAdd: () => onAddStep({ step: id, kind: 'transitions' }),
          onSelect: () => onSelect(id),
          onKey: (key) => act(id, key),
        },
      }
    })
    const lines = linesOf(document)
      .filter((it) => ids.includes(it.to))
      .map((line): LineEdge => {
        const isPassed = path === undefined ? undefined : path.has(line.from) && path.has(line.to)
        return {
          id: keyOf(line),
          source: line.from,
          target: line.to,
          type: 'line',
          focusable: false,
          markerEnd: { type: MarkerType.ArrowClosed, width: 15, height: 15, color: lineColor(line, isPassed) },
          data: {
            line,
            route: routes.get(keyOf(line)),
            isPassed,
            onAdd: () => onAddStep({ step: line.from, kind: line.kind, index: line.index }),
          },
        }
      })
    return { nodes: drawn, edges: lines }
  }, [document, catalogue, choices, problems, path, selected, onAddStep, onSelect, act])
  return (
    <div
      className="workflow-canvas"
      role="group"
      aria-label="Canvas: arrow keys go from step to step, Enter opens its form, A adds a step, Delete removes one"
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        minZoom={0.25}
        maxZoom={1.5}
        colorMode={scheme}
        panOnScroll
        proOptions={{ hideAttribution: false }}
        onPaneClick={() => onSelect(undefined)}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
        <ShowAll key={`${nodes.length}/${selected === undefined}`} />
      </ReactFlow>
    </div>
  )
}

const legible = 0.75
const margin = 70 // pixels, both sides together

/** Shows everything that fits at a size one can read, from the trigger on; anew when something was added, and when the form opens beside it. */
function ShowAll() {
  const flow = useReactFlow()
  useEffect(() => {
    const pane = globalThis.document.querySelector('.workflow-canvas')
    if (pane === null) {
      return
    }
    const { x, y, width, height } = flow.getNodesBounds(flow.getNodes())
    const fitting = Math.min(1, (pane.clientHeight - margin) / height, (pane.clientWidth - margin) / width)
    const zoom = Math.max(legible, fitting)
    const trigger = flow.getNode(triggerStep)
    const middle = fitting < legible && trigger !== undefined ? trigger.position.x + nodeSize.width / 2 : x + width / 2
    void flow.setViewport({ x: pane.clientWidth / 2 - middle * zoom, y: margin / 2 - y * zoom, zoom })
  }, [flow])
  return null
}
