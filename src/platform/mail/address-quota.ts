/** Counts the mails of each address, so that one that leaked does not fill the disk. */
export interface AddressQuota {
  /** Whether the address may have another mail. */
  isOpen: (address: string) => boolean
  /** Counts one. */
  count: (address: string) => void
}

const hourMs = 60 * 60_000
const mostAddresses = 10_000

/** At most so many mails an hour to each address, by this process; an hour begins with an address's first mail. */
export function createAddressQuota(perHour: number, now: () => number = () => performance.now()): AddressQuota {
  const hours = new Map<string, { since: number; count: number }>()
  function hourOf(address: string): { since: number; count: number } {
    const known = hours.get(address)
    return known === undefined || now() - known.since >= hourMs ? { since: now(), count: 0 } : known
  }
  return {
    isOpen: (address) => hourOf(address).count < perHour,
    count: (address) => {
      if (hours.size >= mostAddresses) {
        hours.clear()
      }
      const hour = hourOf(address)
      hours.set(address, { ...hour, count: hour.count + 1 })
    },
  }
}
