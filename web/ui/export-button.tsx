import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'

import { writeCsv } from './csv.ts'
import type { CsvTable } from './csv.ts'
import { saveFile } from './save-file.ts'
import { sayFailed } from './undo.tsx'

interface ExportButtonProps {
  /** What is written; asked for when somebody wants it. */
  table: () => CsvTable
  /** About how many rows there will be, where that is known. */
  total?: number
  fileName: string
}

/** Writes a table into a CSV file; says how far it is, and can be stopped. */
export function ExportButton({ table, total, fileName }: ExportButtonProps) {
  const [done, setDone] = useState<number>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function run(): Promise<void> {
    const controller = new AbortController()
    running.current = controller
    setDone(0)
    try {
      saveFile(await writeCsv(table(), controller.signal, setDone), fileName)
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
  const count = new Intl.NumberFormat()
  return (
    <Group gap="xs" wrap="nowrap">
      <Stack gap={2} w={150} role="status">
        <Text size="xs">
          {total === undefined ? count.format(done) : `${count.format(done)} of ${count.format(Math.max(total, done))}`}{' '}
          rows
        </Text>
        <Progress
          value={total === undefined ? 100 : (100 * done) / Math.max(total, done, 1)}
          animated={total === undefined}
          size="sm"
          aria-label="Export"
        />
      </Stack>
      <Button size="compact-sm" variant="default" onClick={() => running.current?.abort()}>
        Stop
      </Button>
    </Group>
  )
}
