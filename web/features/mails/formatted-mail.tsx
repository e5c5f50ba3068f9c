import { Button, Group, Skeleton, Text } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'

import { api } from '../../api.ts'

interface FormattedMailProps {
  /** Of the message. */
  id: string
  /** What stands there where the HTML cannot be shown. */
  text: ReactNode
}

const minutes = 60_000

/** A mail as its sender laid it out, in a frame in which nothing runs. Pictures from elsewhere come when somebody asks for them. */
export function FormattedMail({ id, text }: FormattedMailProps) {
  const { ref, entry } = useIntersection({ rootMargin: '400px' })
  const [wasSeen, setWasSeen] = useState(false)
  const [images, setImages] = useState<'none' | 'remote'>('none')
  if (entry?.isIntersecting === true && !wasSeen) {
    setWasSeen(true)
  }
  const { data, error } = useQuery({
    queryKey: ['message-html', id, images],
    queryFn: () => api.call('GET /v1/messages/{id}/html', { params: { id }, query: { images } }),
    enabled: wasSeen,
    placeholderData: keepPreviousData,
    staleTime: 10 * minutes, // addresses of its pictures last 15
  })
  if (error !== null) {
    return (
      <>
        {text}
        <Text size="xs" c="dimmed" mt={4}>
          The layout of this mail cannot be shown, only its text.
        </Text>
      </>
    )
  }
  const { html, remoteImages } = data?.data.attributes ?? {}
  return (
    <div ref={ref}>
      {html === undefined ? <Skeleton height={80} animate={false} /> : <Frame html={html} />}
      {remoteImages !== undefined && remoteImages > 0 && images === 'none' && (
        <Group gap={8} mt={6} justify="space-between">
          <Text size="xs" c="dimmed">
            {remoteImages === 1 ? 'A picture is' : `${remoteImages} pictures are`} left out: fetching{' '}
            {remoteImages === 1 ? 'it' : 'them'} tells the sender that this was read.
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => setImages('remote')}>
            Show pictures
          </Button>
        </Group>
      )}
    </div>
  )
}

/** As high as what is in it. The page may look into it, since nothing in it can run to look back. */
function Frame({ html }: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(80)
  const observer = useRef<ResizeObserver>(undefined)
  useEffect(() => () => observer.current?.disconnect(), [])
  return (
    <iframe
      ref={frame}
      className="mail-frame"
      title="The mail as it was sent"
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      srcDoc={html}
      style={{ height }}
      onLoad={() => {
        const body = frame.current?.contentDocument?.body
        if (body === undefined) {
          return
        }
        const measure = () =>
          setHeight(Math.ceil(body.getBoundingClientRect().height) + (body.scrollWidth > body.clientWidth ? 16 : 0))
        observer.current?.disconnect()
        observer.current = new ResizeObserver(measure)
        observer.current.observe(body)
        measure()
      }}
    />
  )
}
