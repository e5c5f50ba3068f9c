import { IconPalette } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'

export interface SettingsPage {
  to: string
  label: string
  icon: Icon
  /** What one finds there, in one line. */
  about: string
}

/** Every page of the settings, in the order of the menu. */
export const settingsPages: SettingsPage[] = [
  {
    to: '/settings/appearance',
    label: 'Appearance',
    icon: IconPalette,
    about: 'Colors, density and keys of this browser',
  },
]
