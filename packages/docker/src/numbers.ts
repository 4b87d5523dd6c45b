/** Bytes as mebibytes, with one decimal below a hundred. */
export function mebibytes(bytes: number): number {
  return rounded(bytes / 1_048_576)
}

/** Bytes as megabytes, the unit the Docker CLI gives sizes on disk in. */
export function megabytes(bytes: number): number {
  return rounded(bytes / 1_000_000)
}

/** A number with as many digits as a person reads. */
export function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 10) / 10
}
