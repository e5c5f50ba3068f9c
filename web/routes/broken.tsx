import { Button, Center } from '@mantine/core'
import { IconBug } from '@tabler/icons-react'
import { useRouteError } from 'react-router'

import { EmptyState } from '../ui/states.tsx'

/** Shown in place of a page that failed to draw; nothing that was saved is affected. */
export function BrokenPage() {
  const error = useRouteError()
  return (
    <Center mih="100vh" component="main">
      <EmptyState
        icon={IconBug}
        title="This page could not be shown"
        action={<Button onClick={() => window.location.reload()}>Load it again</Button>}
      >
        Nothing you saved is affected. What went wrong: {error instanceof Error ? error.message : String(error)}
      </EmptyState>
    </Center>
  )
}
