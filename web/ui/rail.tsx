import {
  ActionIcon,
  Avatar,
  Box,
  Burger,
  Group,
  Menu,
  Text,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import {
  IconApps,
  IconBook2,
  IconChevronsLeft,
  IconChevronsRight,
  IconInbox,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSettings,
  IconChartLine,
  IconStar,
  IconSun,
  IconUserQuestion,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from 'react-router'

import { api } from '../api.ts'
import { NotificationBell } from '../features/notifications/notification-bell.tsx'
import type { Connection } from '../live.ts'
import { usePreferences } from './preferences.ts'

interface Place {
  to: string
  label: string
  icon: Icon
  also?: string
}

/** Every page that the rail leads to. */
export const places: Place[] = [
  { to: '/inbox', label: 'Inbox', icon: IconInbox },
  { to: '/customers', label: 'Customers', icon: IconUsers },
  { to: '/reviews', label: 'Reviews', icon: IconStar },
  { to: '/scores', label: 'Scores', icon: IconChartLine },
  { to: '/unmatched', label: 'Unmatched', icon: IconUserQuestion },
  { to: '/search', label: 'Search', icon: IconSearch },
  { to: '/apps', label: 'Apps', icon: IconApps, also: '/installations' },
  { to: '/deliveries', label: 'Deliveries', icon: IconWebhook },
  { to: '/settings', label: 'Settings', icon: IconSettings },
]

interface RailProps {
  person: { name: string; email: string | null }
  connection: Connection
  isOpenOnMobile: boolean
  onKeys: () => void
}

/** The way to every page, narrow or with its words. */
export function Rail({ person, connection, isOpenOnMobile, onKeys }: RailProps) {
  const [{ railOpen }, setPreferences] = usePreferences()
  const { pathname } = useLocation()
  const hasWords = railOpen || isOpenOnMobile
  const isAt = ({ to, also }: Place) => pathname.startsWith(to) || (also !== undefined && pathname.startsWith(also))
  const Chevron = railOpen ? IconChevronsLeft : IconChevronsRight
  return (
    <nav className="rail" aria-label="Main" data-mobile={isOpenOnMobile || undefined}>
      <Group className="rail-head" gap={8} wrap="nowrap">
        <img src="/favicon.svg" width={26} height={26} alt="" />
        {hasWords && (
          <Box miw={0}>
            <Text fw={700} size="sm" lh={1.1}>
              Tellback
            </Text>
            <OrgName />
          </Box>
        )}
      </Group>
      <ul className="rail-places">
        {places.map((place) => (
          <li key={place.to}>
            <RailLink place={place} isCurrent={isAt(place)} hasWords={hasWords} />
          </li>
        ))}
      </ul>
      <div className="rail-foot">
        <NotificationBell hasWords={hasWords} />
        <RailButton label="Keyboard shortcuts" icon={IconKeyboard} hasWords={hasWords} onClick={onKeys} />
        <Tooltip label="API reference" position="right" disabled={hasWords}>
          <a href="/docs" className="rail-link" aria-label="API reference">
            <IconBook2 size={19} stroke={1.7} aria-hidden />
            {hasWords && <span>API reference</span>}
          </a>
        </Tooltip>
        <ThemeSwitch hasWords={hasWords} />
        <Group gap={4} wrap="nowrap" className="rail-person">
          <div className="rail-avatar">
            <UserMenu name={person.name} email={person.email} />
            <LiveDot connection={connection} />
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            className="rail-toggle"
            aria-label={railOpen ? 'Narrow navigation' : 'Wide navigation'}
            onClick={() => setPreferences({ railOpen: !railOpen })}
          >
            <Chevron size={16} />
          </ActionIcon>
        </Group>
      </div>
    </nav>
  )
}

export function MobileBar({ opened, onToggle }: { opened: boolean; onToggle: () => void }) {
  return (
    <header className="mobile-bar">
      <Burger opened={opened} onClick={onToggle} size="sm" aria-label="Navigation" />
      <img src="/favicon.svg" width={24} height={24} alt="" />
      <Text fw={700}>Tellback</Text>
    </header>
  )
}

function RailLink({ place, isCurrent, hasWords }: { place: Place; isCurrent: boolean; hasWords: boolean }) {
  const { to, label, icon: Picture } = place
  return (
    <Tooltip label={label} position="right" disabled={hasWords}>
      <Link to={to} className="rail-link" aria-label={label} aria-current={isCurrent ? 'page' : undefined}>
        <Picture size={19} stroke={1.7} aria-hidden />
        {hasWords && <span>{label}</span>}
      </Link>
    </Tooltip>
  )
}

interface RailButtonProps {
  label: string
  icon: Icon
  hasWords: boolean
  onClick: () => void
}

function RailButton({ label, icon: Picture, hasWords, onClick }: RailButtonProps) {
  return (
    <Tooltip label={label} position="right" disabled={hasWords}>
      <UnstyledButton className="rail-link" aria-label={label} onClick={onClick}>
        <Picture size={19} stroke={1.7} aria-hidden />
        {hasWords && <span>{label}</span>}
      </UnstyledButton>
    </Tooltip>
  )
}

function OrgName() {
  const org = useQuery({ queryKey: ['org'], queryFn: async () => (await api.call('GET /v1/orgs/current')).data })
  return (
    <Text size="xs" c="dimmed" truncate>
      {org.data?.attributes.name}
    </Text>
  )
}

const connections: Record<Connection, { color: string; label: string }> = {
  connecting: { color: 'var(--mantine-color-gray-5)', label: 'Connecting…' },
  live: { color: 'var(--mantine-color-teal-6)', label: 'Live: what is new appears by itself' },
  lost: { color: 'var(--mantine-color-red-6)', label: 'Connection lost; trying again' },
}

function LiveDot({ connection }: { connection: Connection }) {
  const { color, label } = connections[connection]
  return (
    <Tooltip label={label} position="right">
      <Box role="status" aria-label={label} w={12} h={12} bg={color} style={{ borderRadius: '50%' }} />
    </Tooltip>
  )
}

function ThemeSwitch({ hasWords }: { hasWords: boolean }) {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  return (
    <RailButton
      label={dark ? 'Light colors' : 'Dark colors'}
      icon={dark ? IconSun : IconMoon}
      hasWords={hasWords}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    />
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
    <Menu position="right-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="transparent" size="lg" aria-label={`Signed in as ${name}`}>
          <Avatar name={name} color="indigo" size={30} radius="xl" aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          <br />
          {email}
        </Menu.Label>
        <Menu.Item leftSection={<IconSettings size={16} />} component={Link} to="/settings/appearance">
          Appearance and keys
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
