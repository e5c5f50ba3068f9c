import type { QueryClient } from '@tanstack/react-query'

import { timelineCountsQuery, timelinePinnedQuery, timelineQuery } from '../timeline/timeline-queries.ts'
import { customerQuery } from './use-customer.ts'

/** Asks for what a customer's page shows as soon as somebody goes there, before the page itself is drawn. */
export function openCustomer(client: QueryClient, id: string): void {
  void client.prefetchInfiniteQuery(timelineQuery(id, []))
  void client.prefetchQuery(customerQuery(id))
  void client.prefetchQuery(timelineCountsQuery(id))
  void client.prefetchQuery(timelinePinnedQuery(id))
}
