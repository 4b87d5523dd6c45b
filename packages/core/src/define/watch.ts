import type { Asset, FacetContext } from './facet.ts'

/** How long watchers are to keep quiet, and what they are known by until then. */
export interface Pause {
  /** Stands in whatever is made for it: by this alone it is found again, by another process, too. */
  id: string
  /** ISO 8601; it ends by itself then, where nobody ends it before. */
  until: string
  /** What is being done meanwhile, in one line. */
  reason: string
}

/** How what a service watches things with is paused while they are worked on. */
export interface Watchers<Client> {
  /** Its tool, unprefixed, that does the same by hand: who may not call that, or must be asked first, may not or must here, too. */
  tool: string
  /** Those that can raise an alarm at all, where not all of them can; a failure is said, and they are not paused. */
  select?: (client: Client, watchers: readonly Asset[], context: FacetContext) => Promise<readonly Asset[]>
  /** Pauses what watches; each is an asset of this service. */
  pause: (client: Client, watchers: readonly Asset[], pause: Pause, context: FacetContext) => Promise<void>
  /** Ends a pause by its id; nothing happens where there is none any more. */
  resume: (client: Client, id: string, context: FacetContext) => Promise<void>
}
