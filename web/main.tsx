import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import '@mantine/dates/styles.css'
import '@mantine/notifications/styles.css'
import './page.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import type { ComponentType } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Navigate, RouterProvider, useParams } from 'react-router'

import { RequestFailed } from './api.ts'
import { openCustomer } from './features/customers/open-customer.ts'
import { BrokenPage } from './routes/broken.tsx'
import { NotFoundPage } from './routes/not-found.tsx'
import { SignInPage } from './routes/sign-in.tsx'
import { WelcomePage } from './routes/welcome.tsx'
import { cssVariables, theme } from './theme.ts'
import { Shell } from './ui/shell.tsx'

/** Wherever somebody refers to a conversation, it opens in the inbox. */
function ConversationAddress() {
  const { id = '' } = useParams()
  return <Navigate to={`/inbox/open/${id}`} replace />
}

function retry(count: number, error: Error): boolean {
  return count < 2 && !(error instanceof RequestFailed && error.status >= 400 && error.status < 500)
}

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, retry }, mutations: { retry: false } },
})

/** A page whose code comes when it is opened. */
function page(load: () => Promise<ComponentType>) {
  return { lazy: async () => ({ Component: await load() }) }
}

const router = createBrowserRouter([
  { path: '/sign-in', element: <SignInPage /> },
  { path: '/welcome', element: <WelcomePage /> },
  {
    element: <Shell />,
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <></>,
    children: [
      { path: '/', element: <Navigate to="/inbox" replace /> },
      { path: '/inbox/:view?/:id?', ...page(async () => (await import('./routes/inbox.tsx')).InboxPage) },
      { path: '/conversations/:id', element: <ConversationAddress /> },
      { path: '/customers', ...page(async () => (await import('./routes/customers.tsx')).CustomersPage) },
      {
        path: '/customers/:id',
        loader: ({ params }) => {
          openCustomer(queries, params['id'] ?? '')
          return null
        },
        ...page(async () => (await import('./routes/customer.tsx')).CustomerPage),
      },
      { path: '/reviews', ...page(async () => (await import('./routes/reviews.tsx')).ReviewsPage) },
      { path: '/scores', ...page(async () => (await import('./routes/scores.tsx')).ScoresPage) },
      { path: '/unmatched', ...page(async () => (await import('./routes/unmatched.tsx')).UnmatchedPage) },
      { path: '/search/:saved?', ...page(async () => (await import('./routes/search.tsx')).SearchPage) },
      { path: '/apps', ...page(async () => (await import('./routes/apps.tsx')).AppsPage) },
      { path: '/apps/:app', ...page(async () => (await import('./routes/app.tsx')).AppPage) },
      { path: '/installations/:id', ...page(async () => (await import('./routes/installation.tsx')).InstallationPage) },
      { path: '/workflows/:id', ...page(async () => (await import('./routes/workflow.tsx')).WorkflowPage) },
      { path: '/deliveries', ...page(async () => (await import('./routes/deliveries.tsx')).DeliveriesPage) },
      { path: '/deliveries/:id', ...page(async () => (await import('./routes/delivery.tsx')).DeliveryPage) },
      {
        path: '/settings',
        ...page(async () => (await import('./routes/settings.tsx')).SettingsFrame),
        children: [
          { index: true, element: <Navigate to="/settings/appearance" replace /> },
          {
            path: 'appearance',
            ...page(async () => (await import('./routes/settings-appearance.tsx')).AppearancePage),
          },
          { path: 'profile', ...page(async () => (await import('./routes/settings-profile.tsx')).ProfilePage) },
          { path: 'general', ...page(async () => (await import('./routes/settings-general.tsx')).GeneralPage) },
          { path: 'users', ...page(async () => (await import('./routes/settings-users.tsx')).UsersPage) },
          { path: 'teams', ...page(async () => (await import('./routes/settings-teams.tsx')).TeamsPage) },
          { path: 'brands', ...page(async () => (await import('./routes/settings-brands.tsx')).BrandsPage) },
          {
            path: 'surveys',
            ...page(async () => (await import('./routes/settings-surveys.tsx')).SurveySettingsPage),
          },
          {
            path: 'conversations',
            ...page(async () => (await import('./routes/settings-conversations.tsx')).ConversationRulesPage),
          },
          { path: 'tags', ...page(async () => (await import('./routes/settings-tags.tsx')).TagsPage) },
          { path: 'objects', ...page(async () => (await import('./routes/settings-objects.tsx')).ObjectsPage) },
          { path: 'objects/:resource', ...page(async () => (await import('./routes/settings-object.tsx')).ObjectPage) },
          { path: 'shortcuts', ...page(async () => (await import('./routes/settings-shortcuts.tsx')).ShortcutsPage) },
          { path: 'searches', ...page(async () => (await import('./routes/settings-searches.tsx')).SearchesPage) },
          { path: 'api-keys', ...page(async () => (await import('./routes/settings-api-keys.tsx')).ApiKeysPage) },
          { path: 'hooks', ...page(async () => (await import('./routes/settings-hooks.tsx')).HooksPage) },
          { path: 'webhooks', ...page(async () => (await import('./routes/settings-webhooks.tsx')).WebhooksPage) },
          { path: 'webhooks/:id', ...page(async () => (await import('./routes/settings-webhook.tsx')).WebhookPage) },
          { path: 'workflows', ...page(async () => (await import('./routes/settings-workflows.tsx')).WorkflowsPage) },
          { path: 'mail', ...page(async () => (await import('./routes/settings-mail.tsx')).MailPage) },
          { path: 'audit', ...page(async () => (await import('./routes/settings-audit.tsx')).AuditPage) },
        ],
      },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
])

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <Notifications position="bottom-left" />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
