import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconPencil } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { ReactNode } from 'react'

interface InPlaceProps<Value> {
  label: string
  value: Value
  /** What is seen while nobody changes it; nothing where there is no value. */
  children: ReactNode
  /** The field, or fields, in which it is changed. */
  renderEditor: (value: Value, onChange: (value: Value) => void, error: string | undefined) => ReactNode
  /** Rejects with what is wrong; then the editor stays open. */
  onSave: (value: Value) => Promise<unknown>
}

/** One fact that is changed where it stands: the pencil opens it, Enter keeps it, Escape leaves it as it was. */
export function InPlace<Value>({ label, value, children, renderEditor, onSave }: InPlaceProps<Value>) {
  const [draft, setDraft] = useState<{ value: Value }>()
  const [isSaving, setSaving] = useState(false)
  const [error, setError] = useState<string>()
  const opener = useRef<HTMLButtonElement>(null)

  function close(): void {
    setDraft(undefined)
    setError(undefined)
    requestAnimationFrame(() => opener.current?.focus())
  }
  async function save(next: Value): Promise<void> {
    setSaving(true)
    try {
      await onSave(next)
      close()
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    } finally {
      setSaving(false)
    }
  }
  if (draft === undefined) {
    return (
      <Stack gap={1} className="in-place">
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        <Group gap={4} wrap="nowrap" justify="space-between" align="flex-start">
          <div style={{ minWidth: 0 }}>
            {children ?? (
              <Text size="sm" c="dimmed">
                –
              </Text>
            )}
          </div>
          <ActionIcon
            ref={opener}
            className="in-place-opener"
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`Edit ${label}`}
            onClick={() => setDraft({ value })}
          >
            <IconPencil size={14} />
          </ActionIcon>
        </Group>
      </Stack>
    )
  }
  return (
    <Editor onSave={() => void save(draft.value)} onCancel={close} isSaving={isSaving}>
      {renderEditor(draft.value, (next) => setDraft({ value: next }), error)}
    </Editor>
  )
}

interface EditorProps {
  onSave: () => void
  onCancel: () => void
  isSaving: boolean
  children: ReactNode
}

function Editor({ onSave, onCancel, isSaving, children }: EditorProps) {
  useHotkeys([['Escape', onCancel]], []) // in its fields as well
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSave()
      }}
    >
      <Stack gap={6}>
        {children}
        <Group gap={6}>
          <Button size="compact-sm" type="submit" loading={isSaving}>
            Save
          </Button>
          <Button size="compact-sm" variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
