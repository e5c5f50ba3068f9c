import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'

interface EditDialogProps {
  title: string
  onClose: () => void
  onSubmit: FormEventHandler<HTMLFormElement>
  isSaving: boolean
  /** What is wrong with no field in particular. */
  problem: string | undefined
  submit?: string
  size?: string | number
  children: ReactNode
}

/** A form in a dialog. It stays open, with all that was typed, until the desk has taken it. */
export function EditDialog(props: EditDialogProps) {
  const { title, onClose, onSubmit, isSaving, problem, submit = 'Save', size = 'md', children } = props
  return (
    <Modal opened onClose={onClose} title={title} size={size} closeOnClickOutside={false}>
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          {problem !== undefined && (
            <Alert color="red" role="alert">
              {problem}
            </Alert>
          )}
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isSaving}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
