/** Keeps known secrets, values under secret-looking names and known token shapes out of everything that leaves. */
export interface SecretFilter {
  /** Makes a value known; values under 8 characters are withheld by name only. */
  add(value: string): void
  /** A copy of plain data with every secret replaced by `[redacted]`. */
  data<T>(value: T): T
  /** The text with every known secret and token shape replaced. */
  text(value: string): string
}
