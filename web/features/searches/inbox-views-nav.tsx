import { Box, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { NavLink } from 'react-router'

import { useInboxViews, useViewCount } from './inbox-views.ts'
import type { InboxView } from './inbox-views.ts'

/** A search for conversations becomes a view once it is saved. */
const newView = `/search?${new URLSearchParams({
  show: 'conversation',
  filters: JSON.stringify([{ attribute: 'conversation_status', operator: 'in', value: ['open'] }]),
}).toString()}`

/** The views of the inbox with what is in each now. */
export function InboxViews({ current, onPick }: { current: string; onPick?: () => void }) {
  const { views } = useInboxViews()
  const [own, saved] = [views.filter((view) => view.isBuiltIn), views.filter((view) => !view.isBuiltIn)]
  return (
    <Box component="nav" aria-label="Inbox views">
      <Text className="views-title">Inbox</Text>
      <ViewLinks views={own} current={current} onPick={onPick} />
      {saved.length > 0 && (
        <>
          <Text className="views-title">Saved searches</Text>
          <ViewLinks views={saved} current={current} onPick={onPick} />
        </>
      )}
      <NavLink to={newView} className="view" onClick={() => onPick?.()}>
        <IconPlus size={16} stroke={1.7} aria-hidden />
        <span className="view-name">New view</span>
      </NavLink>
    </Box>
  )
}

interface ViewLinksProps {
  views: InboxView[]
  current: string
  onPick: (() => void) | undefined
}

function ViewLinks({ views, current, onPick }: ViewLinksProps) {
  return (
    <ul className="views">
      {views.map((view) => (
        <li key={view.id}>
          <ViewLink view={view} isCurrent={view.id === current} onPick={onPick} />
        </li>
      ))}
    </ul>
  )
}

interface ViewLinkProps {
  view: InboxView
  isCurrent: boolean
  onPick: (() => void) | undefined
}

function ViewLink({ view, isCurrent, onPick }: ViewLinkProps) {
  const count = useViewCount(view)
  const Picture = view.icon
  return (
    <NavLink to={`/inbox/${view.id}`} className="view" data-current={isCurrent || undefined} onClick={() => onPick?.()}>
      <Picture size={16} stroke={1.7} aria-hidden />
      <span className="view-name said">{view.name}</span>
      <span className="view-count">{count}</span>
    </NavLink>
  )
}
