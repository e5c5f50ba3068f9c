import { Anchor, Group, Text } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'

import { api } from '../../api.ts'
import { sayFailed } from '../../ui/undo.tsx'

interface Attachment {
  _id: string
  name: string
  contentLength: number
}

/** Files, each opened by an address that is made when it is asked for and lasts a while. */
export function AttachmentLinks({ attachments }: { attachments: readonly Attachment[] }) {
  if (attachments.length === 0) {
    return null
  }
  return (
    <Group gap={6} mt={6}>
      {attachments.map((attachment) => (
        <Anchor
          key={attachment._id}
          component="button"
          type="button"
          size="xs"
          className="attachment"
          onClick={() => void open(attachment._id)}
        >
          <IconPaperclip size={13} aria-hidden /> <span className="said">{attachment.name}</span>{' '}
          <Text span size="xs" c="dimmed">
            {sizeOf(attachment.contentLength)}
          </Text>
        </Anchor>
      ))}
    </Group>
  )
}

async function open(id: string): Promise<void> {
  try {
    const { data } = await api.call('GET /v1/attachments/{id}', { params: { id } })
    const [file] = Array.isArray(data) ? data : [data]
    if (file?.links.related === undefined) {
      throw new Error('It was removed, or never arrived.')
    }
    const { pathname, search } = new URL(file.links.related, window.location.href)
    window.open(pathname + search, '_blank', 'noopener')
  } catch (error) {
    sayFailed('The file was not opened', error)
  }
}

const kilo = 1024

export function sizeOf(bytes: number): string {
  return bytes < kilo
    ? `${bytes} B`
    : bytes < kilo * kilo
      ? `${Math.round(bytes / kilo)} kB`
      : `${(bytes / kilo / kilo).toFixed(1)} MB`
}
