import { useLocalStorage } from '@mantine/hooks'

import type { KeyAction } from './key-actions.ts'

/** What one person has set for this browser. */
export interface Preferences {
  density: 'comfortable' | 'compact'
  railOpen: boolean
  detailsOpen: boolean
  keysOn: boolean
  /** Kinds of cards that stand open on a timeline. */
  expanded: string[]
  /** Keys that differ from the usual ones; an empty one is none. */
  keys: Partial<Record<KeyAction, string>>
}

const usual: Preferences = {
  density: 'comfortable',
  railOpen: false,
  detailsOpen: true,
  keysOn: true,
  expanded: [],
  keys: {},
}

/** The preferences, and how to change some of them; every part of the page, and every tab, sees it at once. */
export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const [stored, store] = useLocalStorage<Partial<Preferences>>({
    key: 'tellback.preferences',
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  return [{ ...usual, ...stored }, (change) => store((before) => ({ ...before, ...change }))]
}
