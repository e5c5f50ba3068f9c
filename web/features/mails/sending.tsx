import { Card, Code, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { CopyField } from '../../ui/copy-field.tsx'

/** How mail leaves, and what there is to publish for it; nothing for those who do not set up the desk. */
export function Sending() {
  const sending = useQuery({
    queryKey: ['mail-sending'],
    queryFn: () => api.call('GET /v1/mail-sending'),
    retry: false,
  })
  const attributes = sending.data?.data.attributes
  if (attributes === undefined) {
    return null
  }
  const { server, dkim, bounceDomain } = attributes
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Title order={2} size="h4">
          How mail leaves
        </Title>
        <Text size="sm">
          {server === null ? (
            <>
              It does not: the desk has no mail server. Set <Code>TELLBACK_MAIL_URL</Code> and start it again; what was
              written meanwhile is kept below.
            </>
          ) : (
            <>
              By {server}. What comes back goes to{' '}
              {bounceDomain === null ? 'the address that a mail is from' : `addresses at ${bounceDomain}`}.
            </>
          )}
        </Text>
        {dkim === null ? (
          server !== null && (
            <Text size="sm" c="dimmed">
              Mails are not signed here. Where your mail server does not sign them either, set{' '}
              <Code>TELLBACK_DKIM_DOMAIN</Code>, <Code>TELLBACK_DKIM_SELECTOR</Code> and <Code>TELLBACK_DKIM_KEY</Code>:
              unsigned mail is likely to be taken for spam.
            </Text>
          )
        ) : (
          <Stack gap={4}>
            <Text size="sm">
              Mails from {dkim.domain} are signed. Receivers check that by a TXT record of <Code>{dkim.record}</Code>:
            </Text>
            <CopyField label="TXT record" value={dkim.value} />
          </Stack>
        )}
      </Stack>
    </Card>
  )
}
