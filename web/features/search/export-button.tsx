import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'

import { saveFile } from '../../ui/save-file.ts'
import { sayFailed } from '../../ui/undo.tsx'
import type { SearchQuery } from '../searches/run-search.ts'
import type { Column, NameOf } from './columns.ts'
import { exportCsv } from './export-csv.ts'

interface ExportButtonProps {
  query: SearchQuery
  columns: Column[]
  nameOf: NameOf
  /** About how many rows there will be. */
  total: number
  fileName: string
}

/** Writes all that a search finds into a file; says how far it is, and can be stopped. */
export function ExportButton({ query, columns, nameOf, total, fileName }: ExportButtonProps) {
  const [done, setDone] = useState<number>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function run(): Promise<void> {
    const controller = new AbortController()
    running.current = controller
    setDone(0)
    try {
      const file = await exportCsv({ query, columns, nameOf, signal: controller.signal, onProgress: setDone })
      saveFile(file, fileName)
      notifications.show({ message: `${fileName} is written.` })
    } catch (error) {
      if (!controller.signal.aborted) {
        sayFailed('The file was not written', error)
      }
    } finally {
      setDone(undefined)
    }
  }
  if (done === undefined) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={15} />}
        disabled={total === 0}
        onClick={() => void run()}
      >
        Export CSV
      </Button>
    )
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <Stack gap={2} w={150} role="status">
        <Text size="xs">
          {new Intl.NumberFormat().format(done)} of {new Intl.NumberFormat().format(Math.max(total, done))} rows
        </Text>
        <Progress value={(100 * done) / Math.max(total, done, 1)} size="sm" aria-label="Export" />
      </Stack>
      <Button size="compact-sm" variant="default" onClick={() => running.current?.abort()}>
        Stop
      </Button>
    </Group>
  )
}
