import { Alert, Badge, Card, Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconApps, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'

import { api } from '../api.ts'
import { HealthLine } from '../features/apps/health-line.tsx'
import { useInstallations } from '../features/apps/use-installations.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'

export function AppsPage() {
  const [search] = useSearchParams()
  const notConnected = search.get('not-connected')
  const apps = useQuery({ queryKey: ['apps'], queryFn: () => api.call('GET /v1/apps/available') })
  const installed = useInstallations()
  const [text, setText] = useState('')
  const [category, setCategory] = useState('all')
  const found = (apps.data?.data ?? []).filter(
    ({ attributes }) =>
      (category === 'all' || attributes.category === category) &&
      `${attributes.title} ${attributes.description}`.toLowerCase().includes(text.trim().toLowerCase()),
  )
  const iconOf = (app: string) => apps.data?.data.find((it) => it.id === app)?.attributes.icon
  return (
    <Page title="Apps" description="Where your feedback comes from.">
      {notConnected !== null && (
        <Alert color="red" role="alert" title="It was not connected">
          {notConnected}
        </Alert>
      )}
      {installed.data !== undefined && installed.data.length > 0 && (
        <Stack gap="sm" component="section" aria-labelledby="installed">
          <Title order={2} id="installed">
            Installed
          </Title>
          <Card withBorder p={0}>
            {installed.data.map(({ id, attributes }, index) => (
              <Group
                key={id}
                component={Link}
                {...{ to: `/installations/${id}` }}
                className="row-link"
                p="md"
                gap="md"
                wrap="nowrap"
                c="inherit"
                style={{
                  textDecoration: 'none',
                  borderTop: index === 0 ? undefined : '1px solid var(--mantine-color-default-border)',
                }}
              >
                <img src={iconOf(attributes.app)} width={36} height={36} alt="" />
                <Stack gap={0} flex={1} miw={0}>
                  <Text fw={600} truncate>
                    {attributes.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {attributes.name === attributes.title ? attributes.hooks[0]?.title : attributes.title}
                  </Text>
                </Stack>
                <HealthLine installation={attributes} />
              </Group>
            ))}
          </Card>
        </Stack>
      )}
      <Stack gap="sm" component="section" aria-labelledby="directory">
        <Title order={2} id="directory">
          App directory
        </Title>
        <Group>
          <TextInput
            placeholder="Search apps"
            aria-label="Search apps"
            leftSection={<IconSearch size={16} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            flex={1}
            miw={200}
          />
          <SegmentedControl
            value={category}
            onChange={setCategory}
            aria-label="Category"
            data={[
              { value: 'all', label: 'All' },
              { value: 'reviews', label: 'Reviews' },
              { value: 'surveys', label: 'Surveys' },
              { value: 'channels', label: 'Channels' },
            ]}
          />
        </Group>
        {apps.error !== null && <ErrorState error={apps.error} onRetry={() => void apps.refetch()} />}
        {apps.isPending && <LoadingCards count={2} />}
        {apps.isSuccess && found.length === 0 && (
          <EmptyState icon={IconApps} title="No app fits">
            Try another word or category.
          </EmptyState>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {found.map(({ id, attributes }) => (
            <Card
              key={id}
              withBorder
              p="lg"
              component={Link}
              to={`/apps/${id}`}
              className="row-link"
              c="inherit"
              style={{ textDecoration: 'none' }}
            >
              <Stack gap="sm" h="100%">
                <Group wrap="nowrap">
                  <img src={attributes.icon} width={44} height={44} alt="" />
                  <Stack gap={0}>
                    <Text fw={650}>{attributes.title}</Text>
                    <Text size="xs" c="dimmed" tt="capitalize">
                      {attributes.category}
                    </Text>
                  </Stack>
                </Group>
                <Text size="sm" flex={1}>
                  {attributes.description}
                </Text>
                {attributes.installed > 0 ? (
                  <Badge variant="light" color="teal" tt="none">
                    {attributes.installed === 1 ? 'Installed' : `Installed ${attributes.installed} times`}
                  </Badge>
                ) : (
                  <Badge variant="default" tt="none">
                    Not installed
                  </Badge>
                )}
              </Stack>
            </Card>
          ))}
        </SimpleGrid>
      </Stack>
    </Page>
  )
}
