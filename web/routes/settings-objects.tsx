import { Anchor, Button, Card, Group, Text } from '@mantine/core'
import { IconBox, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'

import { KlassDialog, KlassState } from '../features/objects/klass-dialog.tsx'
import { useKlasses } from '../features/objects/use-klasses.ts'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { KlassIcon } from '../ui/klass-icon.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

const standard = [
  { resource: 'customer', label: 'Customers' },
  { resource: 'conversation', label: 'Conversations' },
  { resource: 'company', label: 'Companies' },
]

/** The kinds of objects there are, and the attributes that customers and conversations have besides their own. */
export function ObjectsPage() {
  const klasses = useKlasses()
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  return (
    <Page
      title="Custom objects"
      description="Orders, reviews, repairs: kinds of records that stand on a customer’s timeline, and what is kept about each."
      width={980}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          New object
        </Button>
      }
    >
      <Card withBorder p="md">
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            Attributes of
          </Text>
          {standard.map(({ resource, label }) => (
            <Button key={resource} component={Link} to={`/settings/objects/${resource}`} variant="default" size="xs">
              {label}
            </Button>
          ))}
        </Group>
      </Card>
      <ResourceTable
        query={klasses}
        columns={['Object', 'Name for programs', 'Made by', 'State']}
        empty={
          <EmptyState icon={IconBox} title="No custom objects yet">
            Apps bring theirs when they are installed. Make your own for what programs or people write down.
          </EmptyState>
        }
        renderRow={({ id, attributes }) => ({
          key: id,
          cells: [
            <Group key="name" gap="sm" wrap="nowrap">
              <KlassIcon icon={attributes.icon} color={attributes.color} size={28} />
              <Anchor
                component={Link}
                to={`/settings/objects/kobject.${attributes.name}`}
                size="sm"
                fw={600}
                className="said"
              >
                {attributes.displayName}
              </Anchor>
            </Group>,
            <Text key="key" size="sm" c="dimmed">
              {attributes.name}
            </Text>,
            <Text key="app" size="sm" c="dimmed">
              {attributes.app === null ? 'You' : 'An app'}
            </Text>,
            <KlassState key="state" status={attributes.status} />,
          ],
        })}
      />
      {adding && (
        <KlassDialog
          klass={undefined}
          onClose={() => setAdding(false)}
          onSaved={(saved) => void navigate(`/settings/objects/kobject.${saved.attributes.name}`)}
        />
      )}
    </Page>
  )
}
