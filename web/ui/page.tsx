import { Anchor, Box, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

interface PageProps {
  title: string
  description?: ReactNode
  /** Pages above this one, outermost first. */
  above?: { title: string; to: string }[]
  actions?: ReactNode
  children: ReactNode
  width?: number
}

/** The frame of every page: where one is, what one can do, and the content at a readable width. */
export function Page({ title, description, above, actions, children, width = 1080 }: PageProps) {
  useDocumentTitle(`${title} · Tellback`)
  return (
    <Box maw={width} mx="auto" px={{ base: 'md', sm: 'xl' }} py="lg" component="main" id="content">
      <Stack gap="lg">
        <Group justify="space-between" align="flex-end" wrap="wrap" gap="sm">
          <Stack gap={2}>
            {above !== undefined && (
              <Breadcrumbs separator="›" mb={2}>
                {above.map((page) => (
                  <Anchor key={page.to} component={Link} to={page.to} size="sm">
                    {page.title}
                  </Anchor>
                ))}
              </Breadcrumbs>
            )}
            <Title order={1} className="said">
              {title}
            </Title>
            {description !== undefined && (
              <Text c="dimmed" size="sm" component="div">
                {description}
              </Text>
            )}
          </Stack>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
        {children}
      </Stack>
    </Box>
  )
}
