import { useEffect, useRef } from 'react'

import { keyActions } from './key-actions.ts'
import type { KeyAction } from './key-actions.ts'
import { usePreferences } from './preferences.ts'

/** The key of each action, as this person has it; an empty one is none. */
export function useKeyMap(): Record<KeyAction, string> {
  const [{ keys, keysOn }] = usePreferences()
  const names = Object.keys(keyActions) as KeyAction[]
  return Object.fromEntries(names.map((name) => [name, keysOn ? (keys[name] ?? keyActions[name].key) : ''])) as Record<
    KeyAction,
    string
  >
}

interface Listener {
  current: { handlers: Partial<Record<KeyAction, () => void>>; map: Record<KeyAction, string> }
}
const listeners = new Set<Listener>()

/** What the keys do on the page as it is now, with the key of each. */
export function actionsNow(): { name: KeyAction; key: string; run: () => void }[] {
  return [...listeners].flatMap(({ current: { handlers, map } }) =>
    (Object.keys(handlers) as KeyAction[]).map((name) => ({ name, key: map[name], run: () => handlers[name]?.() })),
  )
}

/**
 * Does something when the key of an action is pressed, unless somebody is typing, or a menu or dialog has the keyboard.
 * The handlers may change with every rendering.
 */
export function useKeys(handlers: Partial<Record<KeyAction, () => void>>): void {
  const map = useKeyMap()
  const current = useRef({ handlers, map })
  useEffect(() => {
    current.current = { handlers, map }
  })
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) {
        return
      }
      const pressed = event.key.toLowerCase()
      const names = Object.keys(current.current.handlers) as KeyAction[]
      const action = names.find((name) => current.current.map[name] === pressed)
      if (action !== undefined) {
        event.preventDefault()
        current.current.handlers[action]?.()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    listeners.add(current)
    return () => {
      document.removeEventListener('keydown', onKeyDown)
      listeners.delete(current)
    }
  }, [])
}

const typing = 'input:not([type=checkbox], [type=radio]), textarea, select, [role=menu], [role=listbox]'

function isTaken(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : undefined
  const isTyping = element !== undefined && (element.isContentEditable || element.closest(typing) !== null)
  return isTyping || document.querySelector('[role=dialog]') !== null
}
