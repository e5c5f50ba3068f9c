/** The last part of the address of each page of the settings. */
export const settingsPages = [
  'profile',
  'appearance',
  'searches',
  'shortcuts',
  'general',
  'users',
  'teams',
  'brands',
  'conversations',
  'surveys',
  'tags',
  'objects',
  'api-keys',
  'hooks',
  'webhooks',
  'audit',
]
