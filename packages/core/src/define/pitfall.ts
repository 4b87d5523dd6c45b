/** One trap of an upstream system: what surprises whoever works with it, and what to do instead. */
export interface Pitfall {
  /** What surprises, in a few words. */
  title: string
  /** What happens and what to do, in a sentence or two; the service's own tools are named unprefixed. */
  text: string
}
