import { Code, Text } from '@mantine/core'
import { diffJson } from 'diff'

import type { WorkflowDocument } from '../../../src/core/workflows/schema.ts'

const shownAround = 3

/** What is different between two workflows, line by line; what is the same is folded. */
export function Difference({ from, to, label }: { from: WorkflowDocument; to: WorkflowDocument; label: string }) {
  const parts = diffJson(from, to)
  if (parts.every((it) => !it.added && !it.removed)) {
    return <Text size="sm">Nothing is different.</Text>
  }
  return (
    <Code block aria-label={label} tabIndex={0} style={{ maxHeight: 460, overflow: 'auto' }}>
      {parts.map((part, index) => {
        const lines = part.value.replace(/\n$/, '').split('\n')
        if (!part.added && !part.removed) {
          const shown =
            lines.length <= shownAround * 2
              ? lines
              : [...lines.slice(0, shownAround), '  ⋯', ...lines.slice(-shownAround)]
          return <span key={index}>{`${shown.map((it) => `  ${it}`).join('\n')}\n`}</span>
        }
        const mark = part.added ? '+' : '−'
        const color = part.added ? 'teal' : 'red'
        return (
          <span
            key={index}
            style={{
              background: `color-mix(in srgb, var(--mantine-color-${color}-6) 22%, transparent)`,
              display: 'block',
            }}
          >
            {lines.map((it) => `${mark} ${it}`).join('\n')}
          </span>
        )
      })}
    </Code>
  )
}
