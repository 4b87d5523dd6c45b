/** How much of a server each principal takes up. */
export interface Shares {
  /** Takes one more; the answer gives it back. Undefined where the principal has its share already. */
  enter(principal: string): (() => void) | undefined
}

/** Makes shares of so many each. */
export function createShares(most: number): Shares {
  const taken = new Map<string, number>()
  return {
    enter(principal) {
      const before = taken.get(principal) ?? 0
      if (before >= most) return undefined
      taken.set(principal, before + 1)
      return () => {
        const now = (taken.get(principal) ?? 1) - 1
        if (now === 0) taken.delete(principal)
        else taken.set(principal, now)
      }
    },
  }
}
