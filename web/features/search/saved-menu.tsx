import { Button, Group, Menu, Text } from '@mantine/core'
import { IconBookmarks, IconSettings } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'

import { api } from '../../api.ts'
import { useSavedSearches } from '../searches/inbox-views.ts'

const mostCounted = 50

/** The searches that somebody kept, with how much each finds before it is opened. */
export function SavedMenu() {
  const [opened, setOpened] = useState(false)
  const searches = useSavedSearches().data?.data ?? []
  const ids = searches.slice(0, mostCounted).map(({ id }) => id)
  const counts = useQuery({
    queryKey: ['counts', 'saved', ids],
    queryFn: async () => (await api.call('GET /v1/customers/searches/counts', { query: { ids: ids.join(',') } })).data,
    enabled: opened && ids.length > 0,
  })
  const countOf = (id: string) => {
    const found = counts.data?.find((it) => it.id === id)?.attributes
    return found === undefined
      ? ''
      : `${new Intl.NumberFormat().format(found.total)}${found.totalIsEstimated ? '+' : ''}`
  }
  return (
    <Menu opened={opened} onChange={setOpened} width={300} position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconBookmarks size={16} />}>
          Saved searches
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {searches.length === 0 && <Menu.Label>None yet: make one here and press Save.</Menu.Label>}
        {searches.map(({ id, attributes }) => (
          <Menu.Item key={id} component={Link} to={`/search/${id}`}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" truncate className="said">
                {attributes.name}
              </Text>
              <Text size="xs" c="dimmed">
                {countOf(id)}
              </Text>
            </Group>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/settings/searches" leftSection={<IconSettings size={15} />}>
          Names, sharing, pins
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
