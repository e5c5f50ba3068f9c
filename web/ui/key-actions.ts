/** What single keys do. Each can be given another key, and all can be switched off, under Settings, Appearance. */
export const keyActions = {
  help: { key: '?', label: 'Show the keyboard shortcuts', group: 'Everywhere' },
  search: { key: '/', label: 'Search', group: 'Everywhere' },
  undo: { key: 'z', label: 'Undo the last change', group: 'Everywhere' },
  goInbox: { key: '1', label: 'Go to the inbox', group: 'Everywhere' },
  goCustomers: { key: '2', label: 'Go to customers', group: 'Everywhere' },
  goReviews: { key: '3', label: 'Go to reviews', group: 'Everywhere' },
  next: { key: 'j', label: 'Next item', group: 'Lists' },
  previous: { key: 'k', label: 'Previous item', group: 'Lists' },
  select: { key: 'x', label: 'Select the item', group: 'Lists' },
  reply: { key: 'r', label: 'Reply to the customer', group: 'Conversation' },
  note: { key: 'n', label: 'Write a note', group: 'Conversation' },
  done: { key: 'e', label: 'Mark done, or open again', group: 'Conversation' },
  snooze: { key: 's', label: 'Snooze', group: 'Conversation' },
  assign: { key: 'a', label: 'Assign', group: 'Conversation' },
  assignMe: { key: 'i', label: 'Assign to me', group: 'Conversation' },
  tag: { key: 't', label: 'Tag', group: 'Conversation' },
  priority: { key: 'p', label: 'Change the priority', group: 'Conversation' },
  details: { key: 'd', label: 'Show or hide the details', group: 'Conversation' },
} as const satisfies Record<string, { key: string; label: string; group: string }>

export type KeyAction = keyof typeof keyActions
