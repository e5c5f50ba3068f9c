import { Button } from '@mantine/core'
import { IconCompass } from '@tabler/icons-react'
import { Link } from 'react-router'

import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

export function NotFoundPage() {
  return (
    <Page title="Nothing here">
      <EmptyState
        icon={IconCompass}
        title="There is no page at this address"
        action={
          <Button component={Link} to="/customers">
            Go to customers
          </Button>
        }
      >
        It may have been moved, or the link is not complete.
      </EmptyState>
    </Page>
  )
}
