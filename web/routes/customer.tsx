import { Avatar, Card, Divider, Grid, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'

import { api } from '../api.ts'
import { CustomerActions } from '../features/customers/customer-actions.tsx'
import { Profile } from '../features/customers/profile.tsx'
import { TimelineStream } from '../features/timeline/timeline-stream.tsx'
import { Page } from '../ui/page.tsx'
import { ErrorState, LoadingCards } from '../ui/states.tsx'

export function CustomerPage() {
  const { id = '' } = useParams()
  const customer = useQuery({
    queryKey: ['customer', id],
    queryFn: async () => (await api.call('GET /v1/customers/{id}', { params: { id } })).data,
  })
  const above = [{ title: 'Customers', to: '/customers' }]
  if (customer.error !== null) {
    return (
      <Page title="Customer" above={above}>
        <ErrorState error={customer.error} onRetry={() => void customer.refetch()} />
      </Page>
    )
  }
  if (customer.data === undefined) {
    return (
      <Page title="Customer" above={above}>
        <LoadingCards />
      </Page>
    )
  }
  const { attributes } = customer.data
  return (
    <Page
      title={attributes.displayName}
      above={above}
      width={1180}
      actions={<CustomerActions key={id} customer={customer.data} />}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <Card withBorder p="lg">
            <Stack gap="md">
              <Group wrap="nowrap">
                <Avatar name={attributes.displayName} color="initials" size={52} radius="xl" aria-hidden />
                <Stack gap={0}>
                  <Title order={2} className="said">
                    {attributes.displayName}
                  </Title>
                  {attributes.externalId !== null && (
                    <Text size="xs" c="dimmed">
                      {attributes.externalId}
                    </Text>
                  )}
                </Stack>
              </Group>
              <Divider />
              <Profile key={id} customer={customer.data} />
            </Stack>
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <TimelineStream customerId={id} />
        </Grid.Col>
      </Grid>
    </Page>
  )
}
