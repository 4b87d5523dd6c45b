/** Memory that requests under way share. */
export interface Room {
  /** Takes so many bytes more; false, and nothing is taken, where there is no room. */
  take(bytes: number): boolean
  give(bytes: number): void
}

/** Makes a room of so many bytes. */
export function createRoom(mostBytes: number): Room {
  let taken = 0
  return {
    take(bytes) {
      if (taken + bytes > mostBytes) return false
      taken += bytes
      return true
    },
    give: (bytes) => {
      taken -= bytes
    },
  }
}
