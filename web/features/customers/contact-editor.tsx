import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'

interface ContactEditorProps {
  /** What one of them is called: “e-mail address”. */
  noun: string
  type: 'email' | 'tel'
  value: string[]
  onChange: (value: string[]) => void
  error: string | undefined
}

/** Several addresses or numbers, one to a line. */
export function ContactEditor({ noun, type, value, onChange, error }: ContactEditorProps) {
  const lines = value.length === 0 ? [''] : value
  return (
    <Stack gap={4}>
      {lines.map((line, index) => (
        // A line is what it stands at: it has no other identity while it is typed.
        // oxlint-disable-next-line react/no-array-index-key -- for the same reason
        <Group key={index} gap={4} wrap="nowrap">
          <TextInput
            flex={1}
            size="sm"
            type={type}
            aria-label={`${noun} ${index + 1}`}
            value={line}
            autoFocus={index === lines.length - 1}
            error={index === lines.length - 1 ? error : undefined}
            onChange={(event) => onChange(lines.with(index, event.currentTarget.value))}
          />
          <ActionIcon
            variant="subtle"
            color="red"
            aria-label={`Remove ${noun} ${index + 1}`}
            onClick={() => onChange(lines.toSpliced(index, 1))}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={13} />}
        style={{ alignSelf: 'flex-start' }}
        onClick={() => onChange([...lines, ''])}
      >
        Another one
      </Button>
    </Stack>
  )
}
