/** Something that is opened at the first use and shared by all who want it. */
export interface Shared<T> {
  get(): Promise<T>
  /** What is open or being opened, without opening it. */
  peek(): Promise<T> | undefined
}

/** Shares what `open` makes, until it did not open or says that it is over; the next use opens it anew. */
export function createShared<T>(open: (forget: () => void) => Promise<T>): Shared<T> {
  let current: { value?: Promise<T> } | undefined
  const start = (): Promise<T> => {
    const mine: typeof current = {}
    const forget = () => {
      if (current === mine) current = undefined
    }
    current = mine
    mine.value = (async () => {
      try {
        return await open(forget)
      } catch (error) {
        forget()
        throw error
      }
    })()
    return mine.value
  }
  return { get: () => current?.value ?? start(), peek: () => current?.value }
}
