import {
  ActionIcon,
  AppShell,
  Avatar,
  Box,
  Burger,
  Group,
  Menu,
  NavLink,
  Stack,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconApps,
  IconBook2,
  IconInbox,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserQuestion,
  IconUsers,
} from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link, Outlet, useLocation, useNavigate } from 'react-router'

import { api, RequestFailed } from '../api.ts'
import { useLiveConnection } from '../live.ts'
import type { Connection } from '../live.ts'
import { ErrorState } from './states.tsx'

const places: { to: string; label: string; icon: Icon; also?: string }[] = [
  { to: '/customers', label: 'Customers', icon: IconUsers },
  { to: '/unmatched', label: 'Unmatched', icon: IconUserQuestion },
  { to: '/apps', label: 'Apps', icon: IconApps, also: '/installations' },
  { to: '/deliveries', label: 'Deliveries', icon: IconInbox },
]

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const user = useQuery({
    queryKey: ['user'],
    queryFn: async () => (await api.call('GET /v1/users/current')).data,
    retry: false,
  })
  const signedOut = user.error instanceof RequestFailed && user.error.status === 401
  const isNew =
    user.data?.attributes.email?.endsWith('@tellback.invalid') === true &&
    user.data.attributes.roles.includes('org.admin')
  useEffect(() => {
    if (signedOut) {
      void navigate('/sign-in', { replace: true })
    } else if (isNew) {
      void navigate('/welcome', { replace: true })
    }
  }, [signedOut, isNew, navigate])
  useEffect(close, [pathname, close])
  if (user.data === undefined) {
    return user.error === null || signedOut ? null : (
      <ErrorState error={user.error} onRetry={() => void user.refetch()} />
    )
  }
  return (
    <AppShell
      header={{ height: 52, collapsed: false }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
    >
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Group component="div" gap={8} wrap="nowrap">
              <img src="/favicon.svg" width={26} height={26} alt="" />
              <Text fw={700} size="md">
                Tellback
              </Text>
            </Group>
            <OrgName />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LiveDot />
            <ThemeSwitch />
            <UserMenu name={user.data.attributes.name} email={user.data.attributes.email} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Main">
        <Stack gap={2} flex={1}>
          {places.map(({ to, label, icon: Picture, also }) => (
            <NavLink
              key={to}
              component={Link}
              to={to}
              label={label}
              leftSection={<Picture size={18} stroke={1.7} aria-hidden />}
              variant="light"
              active={pathname.startsWith(to) || (also !== undefined && pathname.startsWith(also))}
              style={{ borderRadius: 8 }}
              fw={500}
            />
          ))}
        </Stack>
        <NavLink
          component="a"
          href="/docs"
          label="API reference"
          leftSection={<IconBook2 size={18} stroke={1.7} aria-hidden />}
          style={{ borderRadius: 8 }}
        />
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}

function OrgName() {
  const org = useQuery({ queryKey: ['org'], queryFn: async () => (await api.call('GET /v1/orgs/current')).data })
  return (
    <Text size="sm" c="dimmed" truncate visibleFrom="sm" maw={320}>
      {org.data?.attributes.name}
    </Text>
  )
}

const connections: Record<Connection, { color: string; label: string }> = {
  connecting: { color: 'var(--mantine-color-gray-5)', label: 'Connecting…' },
  live: { color: 'var(--mantine-color-teal-6)', label: 'Live: new feedback appears by itself' },
  lost: { color: 'var(--mantine-color-red-6)', label: 'Connection lost; trying again' },
}

function LiveDot() {
  const { color, label } = connections[useLiveConnection()]
  return (
    <Tooltip label={label}>
      <Box role="status" aria-label={label} w={10} h={10} bg={color} style={{ borderRadius: '50%' }} mr={6} />
    </Tooltip>
  )
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? 'Light colors' : 'Dark colors'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  )
}

function UserMenu({ name, email }: { name: string; email: string | null }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  async function signOut(): Promise<void> {
    await api.request('POST', '/auth/sign-out', {})
    client.clear()
    await navigate('/sign-in')
  }
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="transparent" size="lg" aria-label={`Signed in as ${name}`}>
          <Avatar name={name} color="indigo" size={32} radius="xl" aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          <br />
          {email}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
