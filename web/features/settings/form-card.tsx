import { Alert, Button, Card, Group, Stack, Title } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'

interface FormCardProps {
  title?: string
  onSubmit: FormEventHandler<HTMLFormElement>
  isSaving: boolean
  /** Whether there is something to save. */
  canSave: boolean
  /** What is wrong with no field in particular. */
  problem: string | undefined
  submit?: string
  children: ReactNode
}

/** A form that stands on a page. */
export function FormCard({ title, onSubmit, isSaving, canSave, problem, submit = 'Save', children }: FormCardProps) {
  return (
    <Card withBorder p="lg">
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          {title !== undefined && <Title order={2}>{title}</Title>}
          {problem !== undefined && (
            <Alert color="red" role="alert">
              {problem}
            </Alert>
          )}
          {children}
          <Group justify="flex-end">
            <Button type="submit" loading={isSaving} disabled={!canSave}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
