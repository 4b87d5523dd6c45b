import type { CompletionRequest, Prompts, Resources } from '../call/content.ts'
import type { ListName } from '../call/surface.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Mount } from './mount.ts'

/** MCP servers of others, mounted beside the services: what they offer comes and goes while the process runs. */
export interface ForeignServers {
  /** All that are configured, as of now; the tools of one that is down stay callable, to say why. */
  mounts(): readonly Mount[]
  readonly resources: Resources
  readonly prompts: Prompts
  /** Undefined where the field is none of theirs. */
  complete(request: CompletionRequest): Promise<readonly string[] | undefined>
  /** Calls back after a list changed, until the function it gives is called. */
  watch(changed: (list: ListName) => void): () => void
  /** Begins to connect to all of them, in the background, and keeps them connected; until then only a call does. */
  connect(): void
  /** Goes on with another configuration; what is the same in it is left alone. Throws `denied`, and changes nothing, where it would raise rights. */
  configure(configuration: Configuration): void
  close(): Promise<void>
}
