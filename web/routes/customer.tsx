import { Avatar, Button, Card, Collapse, Divider, Grid, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useId, useState } from 'react'
import { useParams } from 'react-router'

import { CustomerActions } from '../features/customers/customer-actions.tsx'
import { Profile } from '../features/customers/profile.tsx'
import { useCustomer } from '../features/customers/use-customer.ts'
import type { Customer } from '../features/searches/run-search.ts'
import { TimelineStream } from '../features/timeline/timeline-stream.tsx'
import { Page } from '../ui/page.tsx'
import { ErrorState } from '../ui/states.tsx'

const above = [{ title: 'Customers', to: '/customers' }]

/** Here the profile stands above the timeline instead of beside it, and is folded until somebody asks. */
const narrow = '(max-width: 61.99em)'

/** Who a customer is, and everything that happened with them. Both are asked for at once. */
export function CustomerPage() {
  const { id = '' } = useParams()
  const customer = useCustomer(id)
  if (customer.error !== null) {
    return (
      <Page title="Customer" above={above}>
        <ErrorState error={customer.error} onRetry={() => void customer.refetch()} />
      </Page>
    )
  }
  return (
    <Page
      title={customer.data?.attributes.displayName ?? 'Customer'}
      above={above}
      width={1180}
      {...(customer.data === undefined ? {} : { actions: <CustomerActions key={id} customer={customer.data} /> })}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <Card withBorder p="lg">
            {customer.data === undefined ? <LoadingProfile /> : <Who key={id} customer={customer.data} />}
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <TimelineStream key={id} customerId={id} />
        </Grid.Col>
      </Grid>
    </Page>
  )
}

function Who({ customer }: { customer: Customer }) {
  const { displayName, externalId } = customer.attributes
  const isNarrow = useMediaQuery(narrow, false, { getInitialValueInEffect: false })
  const [asked, setAsked] = useState(false)
  const profile = useId()
  const isShown = asked || !isNarrow
  return (
    <Stack gap={isShown ? 'md' : 'xs'}>
      <Group wrap="nowrap">
        <Avatar name={displayName} color="initials" size={52} radius="xl" aria-hidden />
        <Stack gap={0}>
          <Title order={2} className="said">
            {displayName}
          </Title>
          {externalId !== null && (
            <Text size="xs" c="dimmed">
              {externalId}
            </Text>
          )}
        </Stack>
      </Group>
      {isNarrow && (
        <Button
          variant="subtle"
          size="compact-sm"
          aria-expanded={asked}
          aria-controls={profile}
          onClick={() => setAsked(!asked)}
        >
          {asked ? 'Hide the profile' : 'Show the profile'}
        </Button>
      )}
      <Collapse expanded={isShown} id={profile}>
        <Divider mb="md" />
        <Profile customer={customer} />
      </Collapse>
    </Stack>
  )
}

function LoadingProfile() {
  return (
    <Stack role="status" aria-busy="true" aria-label="Loading">
      <Skeleton height={52} circle />
      <Skeleton height={14} />
      <Skeleton height={14} width="70%" />
      <Skeleton height={14} width="85%" />
    </Stack>
  )
}
