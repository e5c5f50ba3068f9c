import { Button, Menu } from '@mantine/core'
import { IconArrowsJoin, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'

import { KlassIcon } from '../../ui/klass-icon.tsx'
import { ObjectDialog } from '../objects/object-dialog.tsx'
import { useKlasses } from '../objects/use-klasses.ts'
import type { Klass } from '../objects/use-klasses.ts'
import type { Customer } from '../searches/run-search.ts'
import { MergeDialog } from './merge-dialog.tsx'

/** What one does with a customer as a whole. */
export function CustomerActions({ customer }: { customer: Customer }) {
  const klasses = useKlasses().data?.filter(({ attributes }) => attributes.status === 'enabled') ?? []
  const [adding, setAdding] = useState<Klass>()
  const [merging, setMerging] = useState(false)
  return (
    <>
      <Button variant="default" leftSection={<IconArrowsJoin size={16} />} onClick={() => setMerging(true)}>
        Merge
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconPlus size={16} />} disabled={klasses.length === 0}>
            Add
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
          {klasses.map((klass) => (
            <Menu.Item
              key={klass.id}
              leftSection={<KlassIcon icon={klass.attributes.icon} color={klass.attributes.color} size={20} />}
              onClick={() => setAdding(klass)}
            >
              {klass.attributes.displayName}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {adding !== undefined && (
        <ObjectDialog klass={adding.attributes} customerId={customer.id} onClose={() => setAdding(undefined)} />
      )}
      {merging && <MergeDialog customer={customer} onClose={() => setMerging(false)} />}
    </>
  )
}
