import {
  IconBolt,
  IconBookmarks,
  IconBox,
  IconBuilding,
  IconBuildingStore,
  IconHistory,
  IconKey,
  IconMailForward,
  IconMailQuestion,
  IconMessages,
  IconPalette,
  IconRoute,
  IconTag,
  IconTransferIn,
  IconUser,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'

export interface SettingsPage {
  to: string
  label: string
  icon: Icon
  /** What one finds there, in one line. */
  about: string
}

/** Every page of the settings, in the order of the menu. */
export const settingsGroups: { title: string; pages: SettingsPage[] }[] = [
  {
    title: 'You',
    pages: [
      { to: '/settings/profile', label: 'Profile', icon: IconUser, about: 'Your name and password' },
      {
        to: '/settings/appearance',
        label: 'Appearance',
        icon: IconPalette,
        about: 'Colors, density and keys of this browser',
      },
      { to: '/settings/searches', label: 'Saved searches', icon: IconBookmarks, about: 'Names, sharing, pins' },
      { to: '/settings/shortcuts', label: 'Shortcuts', icon: IconBolt, about: 'Texts to answer with' },
    ],
  },
  {
    title: 'Organisation',
    pages: [
      { to: '/settings/general', label: 'Organisation', icon: IconBuilding, about: 'Its name' },
      { to: '/settings/users', label: 'Users', icon: IconUsers, about: 'Who can sign in, and what they may do' },
      { to: '/settings/teams', label: 'Teams', icon: IconUsersGroup, about: 'Groups that conversations go to' },
      { to: '/settings/brands', label: 'Brands', icon: IconBuildingStore, about: 'Names you speak under' },
      {
        to: '/settings/conversations',
        label: 'Conversations',
        icon: IconMessages,
        about: 'Required fields and sub-statuses',
      },
      { to: '/settings/workflows', label: 'Workflows', icon: IconRoute, about: 'What happens next, and when' },
      { to: '/settings/surveys', label: 'Surveys', icon: IconMailQuestion, about: 'Who is asked after a close' },
      {
        to: '/settings/mail',
        label: 'Outgoing mail',
        icon: IconMailForward,
        about: 'What leaves by mail, and what has not',
      },
      { to: '/settings/tags', label: 'Tags', icon: IconTag, about: 'Words to sort by' },
      { to: '/settings/objects', label: 'Custom objects', icon: IconBox, about: 'Kinds of records and attributes' },
    ],
  },
  {
    title: 'Programs',
    pages: [
      { to: '/settings/api-keys', label: 'API keys', icon: IconKey, about: 'What programs sign in with' },
      { to: '/settings/hooks', label: 'Inbound hooks', icon: IconTransferIn, about: 'Addresses programs post to' },
      { to: '/settings/webhooks', label: 'Outbound webhooks', icon: IconWebhook, about: 'Where events are posted' },
      { to: '/settings/audit', label: 'Audit log', icon: IconHistory, about: 'Who did what' },
    ],
  },
]

export const settingsPages: SettingsPage[] = settingsGroups.flatMap(({ pages }) => pages)
