import { Anchor, Button, Group, Text } from '@mantine/core'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'

import { ResourceTable } from '../features/settings/resource-table.tsx'
import { useWebhooks } from '../features/settings/resources.ts'
import { WebhookDialog, WebhookState } from '../features/settings/webhook-dialog.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

/** Where Tellback posts what happens. */
export function WebhooksPage() {
  const webhooks = useWebhooks()
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  return (
    <Page
      title="Outbound webhooks"
      description="Tellback posts each event to your address, signed, until it is taken."
      width={980}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          New webhook
        </Button>
      }
    >
      <ResourceTable
        query={webhooks}
        columns={['Webhook', 'Events', 'State']}
        empty={
          <EmptyState icon={IconWebhook} title="No webhooks yet">
            Add one to let a program of yours hear of new customers, conversations and feedback.
          </EmptyState>
        }
        renderRow={({ id, attributes }) => ({
          key: id,
          cells: [
            <Group key="name" gap={0} style={{ display: 'grid' }}>
              <Anchor component={Link} to={`/settings/webhooks/${id}`} size="sm" fw={600} className="said">
                {attributes.name}
              </Anchor>
              <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {attributes.url}
              </Text>
            </Group>,
            <Text key="events" size="sm" c="dimmed" lineClamp={2}>
              {attributes.events.join(', ')}
            </Text>,
            <WebhookState key="state" webhook={attributes} />,
          ],
        })}
      />
      {adding && (
        <WebhookDialog
          webhook={undefined}
          onClose={() => setAdding(false)}
          onSaved={(saved) => void navigate(`/settings/webhooks/${saved.id}`)}
        />
      )}
    </Page>
  )
}
