import { createTheme, rem } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'indigo',
  defaultRadius: 'md',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: rem(24) }, h2: { fontSize: rem(18) }, h3: { fontSize: rem(15) } },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  // Darker than the default: dimmed text keeps a contrast of 4.5 to 1 on every surface.
  colors: {
    gray: [
      '#f8f9fa',
      '#f1f3f5',
      '#e9ecef',
      '#dee2e6',
      '#ced4da',
      '#adb5bd',
      '#5c636a',
      '#495057',
      '#343a40',
      '#212529',
    ],
  },
})
