import type { Server } from '@modelcontextprotocol/server'
import type { ListName } from '@rackwarden/core/runtime'

/** Tells the client of one server that a list changed; one that is not there yet, or no more, misses nothing it could use. */
export function tellOfChange(server: Server, list: ListName): void {
  const send = {
    tools: () => server.sendToolListChanged(),
    resources: () => server.sendResourceListChanged(),
    prompts: () => server.sendPromptListChanged(),
  }
  void send[list]().catch(() => undefined)
}
