import {
  Alert,
  Anchor,
  Button,
  Card,
  Grid,
  Group,
  Modal,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconSend } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'

import { api, fieldProblem } from '../api.ts'
import type { ReplyOf } from '../api.ts'
import { ConnectionCard } from '../features/apps/connection-card.tsx'
import { HealthLine } from '../features/apps/health-line.tsx'
import { HistoryCard } from '../features/apps/history-card.tsx'
import { ProviderChoice } from '../features/apps/provider-choice.tsx'
import { SurveyFeedCard } from '../features/apps/survey-feed-card.tsx'
import { DeliveryTable } from '../features/intake/delivery-table.tsx'
import { LastMail } from '../features/intake/last-mail.tsx'
import { LessonsCard } from '../features/intake/lessons-card.tsx'
import { MailboxLine } from '../features/intake/mailbox.tsx'
import { RotateHook } from '../features/intake/rotate-hook.tsx'
import { CopyField } from '../ui/copy-field.tsx'
import { Page } from '../ui/page.tsx'
import { SchemaForm } from '../ui/schema-form.tsx'
import type { Schema, Values } from '../ui/schema-form.tsx'
import { ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

type Installation = ReplyOf<'GET /v1/apps/installations/{id}'>['data']

export function InstallationPage() {
  const { id = '' } = useParams()
  const installation = useQuery({
    queryKey: ['installation', id],
    queryFn: async () => (await api.call('GET /v1/apps/installations/{id}', { params: { id } })).data,
  })
  if (installation.data === undefined) {
    return (
      <Page title="App" above={[{ title: 'Apps', to: '/apps' }]}>
        {installation.error === null ? (
          <LoadingCards />
        ) : (
          <ErrorState error={installation.error} onRetry={() => void installation.refetch()} />
        )}
      </Page>
    )
  }
  const { attributes } = installation.data
  return (
    <Page
      title={attributes.name}
      description={<HealthLine installation={attributes} />}
      actions={<Actions installation={installation.data} />}
      above={[
        { title: 'Apps', to: '/apps' },
        { title: attributes.title, to: `/apps/${attributes.app}` },
      ]}
    >
      {attributes.status === 'needs_reconnect' && (
        <Alert icon={<IconAlertTriangle />} color="red" title="Needs reconnecting">
          {attributes.statusReason} {attributes.connects ? 'Connect again' : 'Correct the settings'} below; what came in
          meanwhile waits and is then processed by itself.
        </Alert>
      )}
      {attributes.warning !== null && (
        <Alert icon={<IconAlertTriangle />} color="yellow" variant="light">
          {attributes.warning}
        </Alert>
      )}
      {attributes.connects && <ConnectionCard installationId={id} title={attributes.title} />}
      <Card withBorder p="lg">
        <Stack>
          <Title order={2}>Addresses</Title>
          {/* Where an app has both, its mail is what its provider is set up with first. */}
          {attributes.hooks
            .toSorted((a, b) => Number(b.type === 'email') - Number(a.type === 'email'))
            .map((hook) => (
              <Stack key={hook.id} gap={6}>
                <CopyField label={hook.title} description={hook.description} value={hook.url} />
                <RotateHook hook={hook} touches={['installation']} />
                {hook.type === 'email' && <MailboxLine hookId={hook.id} />}
              </Stack>
            ))}
          {attributes.hooks.some((hook) => hook.type === 'email') && <LastMail installationId={id} />}
        </Stack>
      </Card>
      <LessonsCard installationId={id} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <SettingsCard key={attributes.rev} installation={installation.data} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Card withBorder p="lg">
            <Stack>
              <Title order={2}>Health</Title>
              <SimpleGrid cols={3}>
                <Figure label="Received today" value={attributes.health.day.received} />
                <Figure label="Failed" value={attributes.health.day.failed} bad={attributes.health.day.failed > 0} />
                <Figure label="Repeats" value={attributes.health.day.duplicates} />
              </SimpleGrid>
              <Text size="sm" c="dimmed">
                {attributes.health.lastDeliveryAt === null ? (
                  'Nothing has come in yet. “Send test” shows whether the path works.'
                ) : (
                  <>
                    Last delivery <Time at={attributes.health.lastDeliveryAt} />.
                  </>
                )}
              </Text>
            </Stack>
          </Card>
        </Grid.Col>
      </Grid>
      {attributes.asks && <SurveyFeedCard installationId={id} title={attributes.title} />}
      {attributes.hasHistory && <HistoryCard installationId={id} title={attributes.title} />}
      <Stack gap="sm">
        <Title order={2}>Recent deliveries</Title>
        <DeliveryTable query={{ installation: id, pageSize: 8 }} />
      </Stack>
    </Page>
  )
}

function Figure({ label, value, bad = false }: { label: string; value: number; bad?: boolean }) {
  return (
    <Stack gap={0}>
      <Text fw={700} size="xl" {...(bad ? { c: 'red' } : {})}>
        {new Intl.NumberFormat().format(value)}
      </Text>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </Stack>
  )
}

interface TestResult {
  status: number
  deliveryId: string | null
}

function announceTest({ status, deliveryId }: TestResult): void {
  if (status >= 300) {
    notifications.show({ color: 'red', title: 'The test was refused', message: `The address answered ${status}.` })
    return
  }
  // Notifications live outside the router, so this is a plain link.
  const link = <Anchor href={`/deliveries/${deliveryId ?? ''}`}>See what it wrote</Anchor>
  notifications.show({ color: 'teal', title: 'The test arrived', message: link })
}

function Actions({ installation }: { installation: Installation }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [confirming, { open, close }] = useDisclosure()
  const { status, name } = installation.attributes
  const params = { id: installation.id }
  const refresh = () => client.invalidateQueries()
  const test = useMutation({
    mutationFn: () => api.call('POST /v1/apps/installations/{id}/test', { params }),
    onSuccess: async ({ data }) => {
      announceTest(data)
      await refresh()
    },
    onError: (error) =>
      notifications.show({ color: 'red', title: 'The test could not be sent', message: error.message }),
  })
  const toggle = useMutation({
    mutationFn: () =>
      api.call('PUT /v1/apps/installations/{id}', {
        params,
        body: { status: status === 'disabled' ? 'active' : 'disabled' },
      }),
    onSuccess: refresh,
  })
  const remove = useMutation({
    mutationFn: () => api.call('DELETE /v1/apps/installations/{id}', { params }),
    onSuccess: async () => {
      await navigate('/apps')
      await refresh()
    },
  })
  return (
    <>
      <Button leftSection={<IconSend size={16} />} onClick={() => test.mutate()} loading={test.isPending}>
        Send test
      </Button>
      <Button variant="default" onClick={() => toggle.mutate()} loading={toggle.isPending}>
        {status === 'disabled' ? 'Switch on' : 'Switch off'}
      </Button>
      <Button variant="default" c="red" onClick={open}>
        Remove
      </Button>
      <Modal opened={confirming} onClose={close} title={`Remove ${name}?`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          {remove.error !== null && (
            <Alert color="red" role="alert">
              {remove.error.message}
            </Alert>
          )}
          <Text size="sm">
            Its address stops working at once. What arrived stays on the timelines; an app that brought feedback can
            only be switched off.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
            </Button>
            <Button color="red" onClick={() => remove.mutate()} loading={remove.isPending}>
              Remove
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

function SettingsCard({ installation }: { installation: Installation }) {
  const client = useQueryClient()
  const { attributes } = installation
  const app = useQuery({
    queryKey: ['app', attributes.app],
    queryFn: async () => (await api.call('GET /v1/apps/available/{app}', { params: { app: attributes.app } })).data,
  })
  const [name, setName] = useState(attributes.name)
  const [values, setValues] = useState<Values>(attributes.settings)
  const schema = app.data?.attributes.settings
  const save = useMutation({
    mutationFn: () =>
      api.call('PUT /v1/apps/installations/{id}', {
        params: { id: installation.id },
        body: { name, settings: values },
      }),
    onSuccess: async () => {
      notifications.show({ color: 'teal', message: 'Settings saved.' })
      await client.invalidateQueries()
    },
  })
  return (
    <Card withBorder p="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          <Title order={2}>Settings</Title>
          {save.error !== null && (
            <Alert color="red" role="alert">
              {save.error.message}
            </Alert>
          )}
          <TextInput
            label="Name"
            description="Which store, brand or project; cards show it."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            error={fieldProblem(save.error, '/name')}
          />
          {schema !== undefined && (
            <SchemaForm
              schema={schema}
              values={values}
              onChange={setValues}
              errorOf={(key) => fieldProblem(save.error, `/settings/${key}`)}
              renderChoice={(props) => (
                <ProviderChoice
                  key={props.name}
                  installationId={installation.id}
                  given={chosenBeside(props.name, schema, values)}
                  {...props}
                />
              )}
            />
          )}
          <Group>
            <Button type="submit" loading={save.isPending}>
              Save changes
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

/** What is chosen from lists beside one setting: what it can be may depend on that. */
function chosenBeside(name: string, { properties }: Schema, values: Values): Values {
  const isChosen = (key: string) => properties[key]?.choices === true || properties[key]?.enum !== undefined
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name && isChosen(key)))
}
