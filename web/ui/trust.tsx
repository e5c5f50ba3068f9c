import { IconKey, IconRefresh, IconShieldCheck, IconShieldX, IconUpload } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'

import { Label } from './label.tsx'
import type { Tone } from './label.tsx'

const levels: Record<string, { label: string; tone: Tone; icon: Icon; meaning: string }> = {
  signed: { label: 'Signed', tone: 'teal', icon: IconShieldCheck, meaning: 'The provider’s signature was checked.' },
  refetched: { label: 'Re-read', tone: 'teal', icon: IconRefresh, meaning: 'Read back from the provider by its id.' },
  secret: {
    label: 'Secret address',
    tone: 'gray',
    icon: IconKey,
    meaning: 'It came to an address that nobody can guess, or with the shared secret. There was no signature.',
  },
  imported: { label: 'Imported', tone: 'gray', icon: IconUpload, meaning: 'From a file.' },
  none: { label: 'Not verified', tone: 'red', icon: IconShieldX, meaning: 'The signature or secret was wrong.' },
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
    <Label tone={level.tone} title={level.meaning} icon={<Picture size={13} />}>
      {level.label}
    </Label>
  )
}
