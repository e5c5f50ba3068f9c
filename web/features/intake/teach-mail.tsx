import {
  Alert,
  Button,
  Card,
  Grid,
  Group,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
  UnstyledButton,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconSchool } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api, fieldProblem } from '../../api.ts'
import type { ReplyOf } from '../../api.ts'
import { LoadingCards } from '../../ui/states.tsx'
import { offerUndo } from '../../ui/undo.tsx'
import { useForgetLesson } from './use-forget-lesson.ts'

type Question = ReplyOf<'GET /v1/deliveries/{id}/lesson'>['data']['attributes']

/** Where an admin says what a mail is that its app was unsure of. Nothing for a delivery about which there is nothing to say. */
export function TeachMail({ deliveryId }: { deliveryId: string }) {
  const question = useQuery({
    queryKey: ['lesson', deliveryId],
    queryFn: async () =>
      (await api.call('GET /v1/deliveries/{id}/lesson', { params: { id: deliveryId } })).data.attributes,
    retry: false,
  })
  if (question.isPending) {
    return <LoadingCards count={1} height={160} />
  }
  return question.data === undefined ? null : <TeachForm deliveryId={deliveryId} question={question.data} />
}

function TeachForm({ deliveryId, question }: { deliveryId: string; question: Question }) {
  const client = useQueryClient()
  const [active, setActive] = useState<string>()
  const form = useForm({ initialValues: { kind: question.kind, values: question.values } })
  const { kind, values } = form.getValues()
  const isKept = question.fields.length > 0 && kind !== 'ignored'
  const forget = useForgetLesson()
  const teaching = useMutation({
    mutationFn: () => {
      const given = Object.entries(values).filter(([, value]) => value.trim() !== '')
      const body = { kind, values: isKept ? Object.fromEntries(given) : {} }
      return api.call('POST /v1/deliveries/{id}/lesson', { params: { id: deliveryId }, body })
    },
    onSuccess: ({ data: { id } }) =>
      offerUndo('Learned: this mail runs again, and the next of its kind is read so.', () => forget.mutate(id)),
    onSettled: () =>
      Promise.all(['delivery', 'deliveries', 'lessons'].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  })
  const change = (field: string, value: string) => form.setFieldValue('values', { ...values, [field]: value })
  const isLong = (field: string | undefined) => question.fields.some((it) => it.name === field && it.isLong)

  /** What stands behind a label goes into the field that was last in use; into a long one, line after line. */
  function take(line: string): void {
    if (active === undefined) {
      return
    }
    const before = values[active] ?? ''
    change(active, isLong(active) && before !== '' ? `${before}\n${line}` : isLong(active) ? line : behindLabel(line))
  }

  const problemOf = (pointer: string) => fieldProblem(teaching.error, pointer)
  const isPlaced = ['kind', ...question.fields.map((it) => `values/${it.name}`)].some(
    (it) => problemOf(`/${it}`) !== undefined,
  )
  return (
    <Card withBorder p="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          teaching.mutate()
        }}
        noValidate
      >
        <Stack>
          <div>
            <Title order={2}>What is this mail?</Title>
            <Text size="sm" c="dimmed">
              Say it once: this mail is read so, and the next that looks like it as well.
            </Text>
          </div>
          {teaching.error !== null && !isPlaced && (
            <Alert color="red" role="alert">
              {teaching.error.message}
            </Alert>
          )}
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, sm: 6 }}>
              <Stack gap={4}>
                <Text size="xs" c="dimmed">
                  From {question.from}
                </Text>
                <Text size="sm" fw={600} className="said">
                  {question.subject}
                </Text>
                {isKept && (
                  <Text size="xs" c="dimmed">
                    Go to a field, then select the line in which its value stands.
                  </Text>
                )}
                <div className="mail-lines">
                  {question.lines.map((line, index) => (
                    <UnstyledButton
                      key={index}
                      className="mail-line said"
                      disabled={active === undefined || !isKept}
                      // The field keeps the focus: the next line may be its, too.
                      onMouseDown={(event) => event.preventDefault()}
                      onClick={() => take(line)}
                    >
                      {line}
                    </UnstyledButton>
                  ))}
                </div>
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}>
              <Stack gap="xs">
                <Select
                  label="It is"
                  allowDeselect={false}
                  data={question.kinds.map(({ name, title }) => ({ value: name, label: title }))}
                  error={problemOf('/kind')}
                  {...form.getInputProps('kind')}
                />
                {isKept &&
                  question.fields.map(({ name, title, isLong: isText }) => {
                    const props = {
                      label: title,
                      value: values[name] ?? '',
                      error: problemOf(`/values/${name}`),
                      onFocus: () => setActive(name),
                      onChange: (event: { currentTarget: { value: string } }) =>
                        change(name, event.currentTarget.value),
                    }
                    return isText ? (
                      <Textarea key={name} autosize minRows={2} maxRows={8} {...props} />
                    ) : (
                      <TextInput key={name} {...props} />
                    )
                  })}
              </Stack>
            </Grid.Col>
          </Grid>
          <Group justify="flex-end">
            <Button type="submit" leftSection={<IconSchool size={16} />} loading={teaching.isPending}>
              Remember this
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

function behindLabel(line: string): string {
  return /^[^:：]{1,40}[:：]\s*(.+)$/u.exec(line)?.[1] ?? line
}
