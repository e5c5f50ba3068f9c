import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Grid,
  Group,
  List,
  Modal,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconExternalLink, IconInfoCircle, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import Markdown from 'react-markdown'
import { useNavigate, useParams } from 'react-router'

import { api, fieldProblem } from '../api.ts'
import type { ReplyOf } from '../api.ts'
import { Page } from '../ui/page.tsx'
import { SchemaForm } from '../ui/schema-form.tsx'
import type { Values } from '../ui/schema-form.tsx'
import { ErrorState, LoadingCards } from '../ui/states.tsx'

type App = ReplyOf<'GET /v1/apps/available/{app}'>['data']

const above = [{ title: 'Apps', to: '/apps' }]

export function AppPage() {
  const { app: id = '' } = useParams()
  const app = useQuery({
    queryKey: ['app', id],
    queryFn: async () => (await api.call('GET /v1/apps/available/{app}', { params: { app: id } })).data,
  })
  const [opened, { open, close }] = useDisclosure()
  if (app.data === undefined) {
    return (
      <Page title="App" above={above}>
        {app.error === null ? <LoadingCards /> : <ErrorState error={app.error} onRetry={() => void app.refetch()} />}
      </Page>
    )
  }
  const { attributes } = app.data
  return (
    <Page
      title={attributes.title}
      description={attributes.description}
      above={above}
      actions={
        <Button onClick={open} leftSection={<IconPlus size={16} />}>
          {attributes.installed === 0 ? 'Install' : 'Install again'}
        </Button>
      }
    >
      {attributes.notice !== null && (
        <Alert icon={<IconInfoCircle />} color="yellow" variant="light">
          {attributes.notice}
        </Alert>
      )}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Card withBorder p="lg" className="markdown">
            <Markdown>{attributes.readme}</Markdown>
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Card withBorder p="lg">
              <Stack gap="xs">
                <Group wrap="nowrap">
                  <img src={attributes.icon} width={44} height={44} alt="" />
                  <Stack gap={0}>
                    <Text size="sm" tt="capitalize">
                      {attributes.category}
                    </Text>
                    <Text size="xs" c="dimmed">
                      Version {attributes.version}, by {attributes.developer}
                    </Text>
                  </Stack>
                </Group>
                <Anchor href={attributes.website} target="_blank" rel="noopener noreferrer" size="sm">
                  <Group gap={4}>
                    {new URL(attributes.website).hostname} <IconExternalLink size={14} aria-hidden />
                  </Group>
                </Anchor>
                {attributes.installed > 0 && (
                  <Badge variant="light" color="teal" tt="none">
                    {attributes.installed === 1 ? 'Installed' : `Installed ${attributes.installed} times`}
                  </Badge>
                )}
              </Stack>
            </Card>
            <Card withBorder p="lg">
              <Stack gap="xs">
                <Title order={2}>What it writes</Title>
                {attributes.writes.klasses.map((klass) => (
                  <Text key={klass.name} size="sm">
                    <b>{klass.title}</b> on the timeline, with {Object.keys(klass.attributes).length} attributes
                  </Text>
                ))}
                {Object.keys(attributes.writes.customerAttributes).length > 0 && (
                  <>
                    <Text size="sm">In the customer’s profile:</Text>
                    <List size="sm" c="dimmed">
                      {Object.entries(attributes.writes.customerAttributes).map(([name, label]) => (
                        <List.Item key={name}>{label}</List.Item>
                      ))}
                    </List>
                  </>
                )}
              </Stack>
            </Card>
          </Stack>
        </Grid.Col>
      </Grid>
      <InstallDialog app={app.data} opened={opened} onClose={close} />
    </Page>
  )
}

function InstallDialog({ app, opened, onClose }: { app: App; opened: boolean; onClose: () => void }) {
  const { attributes } = app
  const navigate = useNavigate()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [settings, setSettings] = useState<Values>({})
  const install = useMutation({
    mutationFn: () =>
      api.call('POST /v1/apps/install', {
        body: { app: app.id, settings, ...(name.trim() === '' ? {} : { name: name.trim() }) },
      }),
    onSuccess: async ({ data: installation }) => {
      await client.invalidateQueries()
      await navigate(`/installations/${installation.id}`)
    },
  })
  const again = attributes.installed > 0
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Install ${attributes.title}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          install.mutate()
        }}
      >
        <Stack>
          {install.error !== null && (
            <Alert color="red" role="alert">
              {install.error.message}
            </Alert>
          )}
          <TextInput
            label="Name"
            description={
              again
                ? 'Which store, brand or project this one is for; cards show it.'
                : 'Shown on cards. Useful when you have several stores or brands.'
            }
            placeholder={again ? `${attributes.title} ${attributes.installed + 1}` : attributes.title}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
            error={fieldProblem(install.error, '/name')}
          />
          <SchemaForm
            schema={attributes.settings}
            values={settings}
            onChange={setSettings}
            errorOf={(key) => fieldProblem(install.error, `/settings/${key}`)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={install.isPending}>
              Install
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
