import { ActionIcon, Button, Group, Popover, Select, Stack, UnstyledButton } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'

import type { Filter } from './search-state.ts'
import { objectNames, operatorsOf } from './use-search-attributes.ts'
import type { SearchAttribute } from './use-search-attributes.ts'
import type { ValueChoice } from './value-choices.ts'
import { isComplete, spans, ValueField } from './value-field.tsx'

interface FilterTokenProps {
  filter: Filter
  /** Undefined for one that this organisation does not know (any more). */
  attribute: SearchAttribute | undefined
  choices: ValueChoice[] | undefined
  /** Of a thing other than what is shown: its name is said as well. */
  isForeign: boolean
  startsOpen: boolean
  onChange: (filter: Filter) => void
  onRemove: () => void
}

/** One filter as a sentence; pressed, it opens to be changed. */
export function FilterToken(props: FilterTokenProps) {
  const { filter, attribute, choices, isForeign, startsOpen, onChange, onRemove } = props
  const [opened, setOpened] = useState(startsOpen)
  const [draft, setDraft] = useState(filter)
  const operators = attribute === undefined ? [] : operatorsOf(attribute)
  const operator = operators.find((it) => it.operator === draft.operator)
  const said = sentenceOf(filter, attribute, choices, isForeign)
  const canApply = operator !== undefined && isComplete(operator.takes, draft.value)

  function close(): void {
    setOpened(false)
    if (!isFilled(filter, attribute)) {
      onRemove() // it was never finished
    }
  }
  function apply(): void {
    if (canApply) {
      onChange(operator.takes === 'nothing' ? { ...draft, value: true } : draft)
      setOpened(false)
    }
  }
  return (
    <Popover
      opened={opened}
      onChange={(isOpen) => !isOpen && close()}
      position="bottom-start"
      trapFocus
      returnFocus
      shadow="md"
      width={280}
    >
      <span className="filter-token">
        <Popover.Target>
          <UnstyledButton
            className="filter-token-text said"
            aria-label={`Change the filter: ${said}`}
            disabled={attribute === undefined}
            onClick={() => {
              setDraft(filter)
              setOpened(true)
            }}
          >
            {said}
          </UnstyledButton>
        </Popover.Target>
        <ActionIcon
          size={24}
          variant="subtle"
          color="gray"
          aria-label={`Remove the filter: ${said}`}
          onClick={onRemove}
        >
          <IconX size={13} />
        </ActionIcon>
      </span>
      <Popover.Dropdown>
        {attribute !== undefined && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              apply()
            }}
          >
            <Stack gap="xs">
              <Select
                label={attribute.attributes.label}
                comboboxProps={{ withinPortal: false }}
                allowDeselect={false}
                data={operators.map((it) => ({ value: it.operator, label: it.label }))}
                value={draft.operator}
                onChange={(next) => {
                  const takes = operators.find((it) => it.operator === next)?.takes
                  const keeps = takes === operator?.takes
                  setDraft({ ...draft, operator: next ?? draft.operator, value: keeps ? draft.value : undefined })
                }}
              />
              {operator !== undefined && (
                <ValueField
                  attribute={attribute}
                  takes={operator.takes}
                  choices={choices}
                  value={draft.value}
                  onChange={(value) => setDraft({ ...draft, value })}
                />
              )}
              <Group justify="flex-end" gap="xs">
                <Button size="xs" variant="default" onClick={close}>
                  Cancel
                </Button>
                <Button size="xs" type="submit" disabled={!canApply}>
                  Apply
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

/** Whether a filter asks something: one that was just added does not yet. */
export function isFilled({ operator, value }: Filter, attribute: SearchAttribute | undefined): boolean {
  const takes = attribute === undefined ? 'one' : operatorsOf(attribute).find((it) => it.operator === operator)?.takes
  return takes !== undefined && isComplete(takes, value)
}

function sentenceOf(
  { attribute: name, operator, value }: Filter,
  attribute: SearchAttribute | undefined,
  choices: ValueChoice[] | undefined,
  isForeign: boolean,
): string {
  if (attribute === undefined) {
    return `${name} ${operator} ${JSON.stringify(value)}`
  }
  const { label, object } = attribute.attributes
  const choice = operatorsOf(attribute).find((it) => it.operator === operator)
  const subject = isForeign ? `${objectNames[object] ?? object}: ${label}` : label
  const nameOf = (it: unknown) => choices?.find((known) => known.value === it)?.label ?? plain(it)
  const words =
    choice?.takes === 'nothing'
      ? ''
      : choice?.takes === 'span'
        ? (spans.find((span) => span.value === value)?.label ?? plain(value))
        : Array.isArray(value)
          ? value.map(nameOf).join(', ')
          : nameOf(value)
  return `${subject} ${choice?.label ?? operator} ${words}`.trim()
}

function plain(value: unknown): string {
  return typeof value === 'boolean'
    ? value
      ? 'yes'
      : 'no'
    : typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : '…'
}
