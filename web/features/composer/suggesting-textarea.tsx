import { Combobox, Group, Text, Textarea, useCombobox } from '@mantine/core'
import type { ComponentProps, KeyboardEvent, Ref } from 'react'
import { useImperativeHandle, useRef, useState } from 'react'

import { askedAt, useSuggestions } from './suggestions.ts'
import type { Asked, Suggestion } from './suggestions.ts'

interface SuggestingTextareaProps extends Omit<ComponentProps<typeof Textarea>, 'onChange' | 'value' | 'ref'> {
  value: string
  onChange: (text: string) => void
  /** Somebody chose a shortcut; its text takes the place of what was typed from `asked.from` on. */
  onShortcut: (id: string, asked: Asked) => void
  field: Ref<HTMLTextAreaElement>
}

/** A text field that suggests colleagues after `@` and shortcuts after `/`. */
export function SuggestingTextarea({
  value,
  onChange,
  onShortcut,
  onKeyDown,
  field,
  ...others
}: SuggestingTextareaProps) {
  const own = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(field, () => own.current as HTMLTextAreaElement)
  const [asked, setAsked] = useState<Asked>()
  const suggestions = useSuggestions(asked)
  const combobox = useCombobox()
  const isOpen = asked !== undefined && suggestions.length > 0

  function look(): void {
    const { current } = own
    const next = current === null ? undefined : askedAt(current.value, current.selectionStart)
    setAsked(next)
    if (next !== undefined) {
      combobox.openDropdown()
      combobox.selectFirstOption()
    }
  }
  function choose(suggestion: Suggestion | undefined): void {
    if (suggestion === undefined || asked === undefined) {
      return
    }
    setAsked(undefined)
    if (suggestion.kind === 'shortcut') {
      onShortcut(suggestion.id, asked)
      return
    }
    const end = asked.from + asked.word.length + 1
    onChange(`${value.slice(0, asked.from)}@${suggestion.label} ${value.slice(end)}`)
    const caret = asked.from + suggestion.label.length + 2
    requestAnimationFrame(() => own.current?.setSelectionRange(caret, caret))
  }
  function handleKey(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (isOpen && !event.ctrlKey && !event.metaKey) {
      switch (event.key) {
        case 'ArrowDown':
          combobox.selectNextOption()
          event.preventDefault()
          return
        case 'ArrowUp':
          combobox.selectPreviousOption()
          event.preventDefault()
          return
        case 'Enter':
        case 'Tab':
          choose(suggestions[Math.max(combobox.getSelectedOptionIndex(), 0)])
          event.preventDefault()
          return
        case 'Escape':
          setAsked(undefined)
          event.stopPropagation()
          return
        default:
      }
    }
    onKeyDown?.(event)
  }

  return (
    <Combobox
      store={{ ...combobox, dropdownOpened: isOpen }}
      onOptionSubmit={(id) => choose(suggestions.find((it) => it.id === id))}
      position="top-start"
      withinPortal
      width={320}
      shadow="md"
    >
      <Combobox.Target withKeyboardNavigation={false} withAriaAttributes={isOpen}>
        <Textarea
          {...others}
          ref={own}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value)
            look()
          }}
          onClick={look}
          onBlur={(event) => {
            others.onBlur?.(event)
            setAsked(undefined)
          }}
          onKeyDown={handleKey}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!isOpen}>
        <Combobox.Options aria-label={asked?.sign === '/' ? 'Shortcuts' : 'People and teams'}>
          {suggestions.map((suggestion) => (
            <Combobox.Option key={suggestion.id} value={suggestion.id}>
              <Group justify="space-between" gap="sm" wrap="nowrap">
                <Text size="sm" truncate>
                  {suggestion.label}
                </Text>
                <Text size="xs" opacity={0.85} truncate maw={150}>
                  {suggestion.hint}
                </Text>
              </Group>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
