import { Box, Group, Text } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { Outlet, ScrollRestoration, useLocation, useNavigate } from 'react-router'

import { api, onSessionRefused, RequestFailed } from '../api.ts'
import { useLiveConnection } from '../live.ts'
import { KeysSheet } from './keys-sheet.tsx'
import { useKeys } from './keys.ts'
import { usePreferences } from './preferences.ts'
import { MobileBar, Rail } from './rail.tsx'
import { ErrorState, LoadingCards } from './states.tsx'
import { undoLast } from './undo.tsx'

const loadPalette = () => import('../features/palette/palette.tsx')
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }))
/** Its key is heard from the first moment, also while its code is still on the way. */
const togglePalette = () => void loadPalette().then((palette) => palette.togglePalette())

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const [navOpen, { toggle, close }] = useDisclosure()
  const [keysOpen, keys] = useDisclosure()
  const [{ density, railOpen }] = usePreferences()
  const { pathname, search } = useLocation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const connection = useLiveConnection()
  const user = useQuery({
    queryKey: ['user'],
    queryFn: async () => (await api.call('GET /v1/users/current')).data,
    retry: false,
  })
  const signedOut = user.error instanceof RequestFailed && user.error.status === 401
  const isNew =
    user.data?.attributes.email?.endsWith('@tellback.invalid') === true &&
    user.data.attributes.roles.includes('org.admin')
  const wasSignedIn = user.data !== undefined
  useEffect(() => onSessionRefused(() => void client.invalidateQueries({ queryKey: ['user'] })), [client])
  useEffect(() => {
    if (signedOut) {
      void navigate('/sign-in', { replace: true, state: { from: pathname + search, ended: wasSignedIn } })
    } else if (isNew) {
      void navigate('/welcome', { replace: true })
    }
  }, [signedOut, wasSignedIn, isNew, navigate, pathname, search])
  useEffect(close, [pathname, close])
  useEffect(() => {
    document.documentElement.dataset['density'] = density
  }, [density])
  useHotkeys([['mod+K', togglePalette]], [], true) // in fields as well
  useKeys({
    help: keys.open,
    search: () => document.querySelector<HTMLElement>('[data-page-search]')?.focus(),
    undo: undoLast,
    goInbox: () => void navigate('/inbox'),
    goReviews: () => void navigate('/reviews'),
    goCustomers: () => void navigate('/customers'),
  })
  if (user.data === undefined) {
    return user.error === null || signedOut ? null : (
      <ErrorState error={user.error} onRetry={() => void user.refetch()} />
    )
  }
  const person = { name: user.data.attributes.name, email: user.data.attributes.email }
  return (
    <div className="shell" data-rail={railOpen ? 'open' : 'narrow'}>
      <a href="#content" className="skip">
        Skip to the content
      </a>
      <MobileBar opened={navOpen} onToggle={toggle} />
      <Rail person={person} connection={connection} isOpenOnMobile={navOpen} onKeys={keys.open} />
      <Box className="shell-main">
        {connection === 'lost' && <Offline />}
        <Suspense fallback={<LoadingCards />}>
          <Outlet />
        </Suspense>
      </Box>
      <ScrollRestoration />
      <KeysSheet opened={keysOpen} onClose={keys.close} />
      <Suspense fallback={null}>
        <Palette />
      </Suspense>
    </div>
  )
}

function Offline() {
  return (
    <Group className="offline" role="alert" gap="xs" justify="center">
      <Text size="sm" fw={600}>
        The desk cannot be reached.
      </Text>
      <Text size="sm">What you write is kept in this browser. Trying again by itself…</Text>
    </Group>
  )
}
