/** A part of a text small enough to be an answer. */
export interface FoundPassage {
  /** Where it stands: an address, or the name of what tells it. */
  source: string
  /** The headings it stands under, the outermost first. */
  headings: readonly string[]
  text: string
}

/** What was looked through for an answer. */
export interface Searched {
  files: number
  /** Files that were left out, and folders that could not be read. */
  leftOut: number
  /** Services whose pitfalls were among it. */
  services: readonly string[]
  /** When the census was taken that was among it; ISO 8601. */
  census?: string
}

/** Who asks: what concerns no service is for who sees all of them. */
export interface Reader {
  readonly isWhole: boolean
  readonly mounts: readonly { readonly service: string }[]
}

/** Finds passages of everything that was written down. */
export interface Passages {
  search(query: string, limit: number, reader: Reader): Promise<{ found: readonly FoundPassage[]; searched: Searched }>
}
