import type { Asset } from './facet.ts'
import type { Inverse } from './tool.ts'

/** How a service keeps what one of its assets is now, before somebody writes to what that holds: by its own tools, called like any. */
export interface WayBack {
  /** What it is called, as a sentence has it: `snapshot`. */
  noun: string
  /** Its tool, unprefixed, that takes one: who may not call that, or must be asked first, may not or must here, too. */
  tool: string
  /** The input of that tool for an asset, with what is about to be done to it; undefined where there is no such thing of it. */
  inputFor: (asset: Asset, reason: string) => Record<string, unknown> | undefined
  /** The call that goes back to one, from what the tool answered. */
  returnFrom: (asset: Asset, output: unknown) => Inverse
}
