import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './page.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Navigate, RouterProvider } from 'react-router'

import { RequestFailed } from './api.ts'
import { AppPage } from './routes/app.tsx'
import { AppsPage } from './routes/apps.tsx'
import { BrokenPage } from './routes/broken.tsx'
import { CustomerPage } from './routes/customer.tsx'
import { CustomersPage } from './routes/customers.tsx'
import { DeliveriesPage } from './routes/deliveries.tsx'
import { DeliveryPage } from './routes/delivery.tsx'
import { InstallationPage } from './routes/installation.tsx'
import { NotFoundPage } from './routes/not-found.tsx'
import { SignInPage } from './routes/sign-in.tsx'
import { UnmatchedPage } from './routes/unmatched.tsx'
import { WelcomePage } from './routes/welcome.tsx'
import { cssVariables, theme } from './theme.ts'
import { Shell } from './ui/shell.tsx'

function retry(count: number, error: Error): boolean {
  return count < 2 && !(error instanceof RequestFailed && error.status >= 400 && error.status < 500)
}

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, retry }, mutations: { retry: false } },
})

const router = createBrowserRouter([
  { path: '/sign-in', element: <SignInPage /> },
  { path: '/welcome', element: <WelcomePage /> },
  {
    element: <Shell />,
    errorElement: <BrokenPage />,
    children: [
      { path: '/', element: <Navigate to="/customers" replace /> },
      { path: '/customers', element: <CustomersPage /> },
      { path: '/customers/:id', element: <CustomerPage /> },
      { path: '/unmatched', element: <UnmatchedPage /> },
      { path: '/apps', element: <AppsPage /> },
      { path: '/apps/:app', element: <AppPage /> },
      { path: '/installations/:id', element: <InstallationPage /> },
      { path: '/deliveries', element: <DeliveriesPage /> },
      { path: '/deliveries/:id', element: <DeliveryPage /> },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
])

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <Notifications position="bottom-right" />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
