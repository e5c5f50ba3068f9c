import { Badge } from '@mantine/core'
import { IconKey, IconRefresh, IconShieldCheck, IconShieldX, IconUpload } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'

const levels: Record<string, { label: string; color: string; icon: Icon; meaning: string }> = {
  signed: { label: 'Signed', color: 'teal', icon: IconShieldCheck, meaning: 'The provider’s signature was checked.' },
  refetched: { label: 'Re-read', color: 'teal', icon: IconRefresh, meaning: 'Read back from the provider by its id.' },
  secret: {
    label: 'Secret address',
    color: 'gray',
    icon: IconKey,
    meaning: 'It came to an address that nobody can guess, or with the shared secret. There was no signature.',
  },
  imported: { label: 'Imported', color: 'gray', icon: IconUpload, meaning: 'From a file.' },
  none: { label: 'Not verified', color: 'red', icon: IconShieldX, meaning: 'The signature or secret was wrong.' },
}

/** What each level of trust is called. */
export function trustName(level: string): string {
  return levels[level]?.label ?? level
}

/** How a record was verified. */
export function Trust({ trust }: { trust: string }) {
  const level = levels[trust]
  if (level === undefined) {
    return null
  }
  const Picture = level.icon
  return (
    <Badge
      title={level.meaning}
      color={level.color}
      variant="transparent"
      size="sm"
      tt="none"
      fw={500}
      leftSection={<Picture size={13} />}
      px={0}
    >
      {level.label}
    </Badge>
  )
}
