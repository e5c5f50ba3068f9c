import { Button, Group, SegmentedControl } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { useSearchParams } from 'react-router'

import { DeliveryTable } from '../features/intake/delivery-table.tsx'
import { useRunAgain } from '../features/intake/run-again.ts'
import { Page } from '../ui/page.tsx'

const views = [
  { value: 'all', label: 'All' },
  { value: 'failed', label: 'Needs attention' },
  { value: 'applied', label: 'Applied' },
  { value: 'rejected', label: 'Rejected' },
  { value: 'refused', label: 'Refused' },
] as const

export function DeliveriesPage() {
  const [parameters, setParameters] = useSearchParams()
  const view = views.find(({ value }) => value === parameters.get('status'))?.value ?? 'all'
  const rerunnable = view === 'rejected' || view === 'refused' ? view : undefined
  const [selected, setSelected] = useState<string[]>([])
  const again = useRunAgain()
  return (
    <Page title="Deliveries" description="Everything that came in, what it wrote, and what went wrong.">
      <Group justify="space-between">
        <SegmentedControl
          value={view}
          data={[...views]}
          aria-label="Which deliveries"
          onChange={(next) => {
            setSelected([])
            setParameters(next === 'all' ? {} : { status: next })
          }}
        />
        <Group gap="xs">
          {selected.length > 0 && (
            <Button
              leftSection={<IconRefresh size={16} />}
              onClick={() => again.mutate({ ids: selected }, { onSuccess: () => setSelected([]) })}
              loading={again.isPending}
            >
              Run {selected.length} again
            </Button>
          )}
          {selected.length === 0 && rerunnable !== undefined && (
            <Button
              variant="default"
              leftSection={<IconRefresh size={16} />}
              onClick={() => again.mutate({ filter: { status: rerunnable } })}
              loading={again.isPending}
            >
              Run all {rerunnable} again
            </Button>
          )}
        </Group>
      </Group>
      <DeliveryTable
        query={view === 'all' ? { pageSize: 30 } : { status: view, pageSize: 30 }}
        selection={{ ids: selected, onChange: setSelected }}
      />
    </Page>
  )
}
