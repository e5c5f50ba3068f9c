const frames = 60

/** Moves the focus in the frame in which what is to have it is drawn; gives up after a second. */
export function focusSoon(find: () => HTMLElement | null | undefined, left = frames): void {
  requestAnimationFrame(() => {
    const wanted = find()
    // The canvas hides a new step until it is measured, and what is hidden takes no focus.
    wanted?.focus()
    if (left > 1 && (!wanted || document.activeElement !== wanted)) {
      focusSoon(find, left - 1)
    }
  })
}

/** The card of a step, on the canvas or in the list. */
export function cardOf(step: string): () => HTMLElement | null {
  return () => document.querySelector<HTMLElement>(`[data-step="${step}"]`)
}
