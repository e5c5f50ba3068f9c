import { Button, Center } from '@mantine/core'

interface ShowMoreProps {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }
  label?: string
}

/** Asks for the next page of a list, while there is one. */
export function ShowMore({ list, label = 'Show more' }: ShowMoreProps) {
  return list.hasNextPage ? (
    <Center>
      <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {label}
      </Button>
    </Center>
  ) : null
}
