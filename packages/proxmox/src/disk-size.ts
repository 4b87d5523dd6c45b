const units: Readonly<Record<string, number>> = { '': 1, K: 1_024, M: 1_024 ** 2, G: 1_024 ** 3, T: 1_024 ** 4 }

/** Bytes of a size as a configuration says it: `32G`, `4M`, `2T`; nothing where it says none. */
export function bytesIn(size: string | undefined): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? '') ?? []
  return amount === undefined ? undefined : Number(amount) * (units[unit] ?? 1)
}

/** The same in GiB. */
export function gibibytesIn(size: string | undefined): number | undefined {
  const bytes = bytesIn(size)
  return bytes === undefined ? undefined : bytes / 1_024 ** 3
}
