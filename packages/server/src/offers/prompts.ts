import { isInputRequiredResult, ProtocolError, ProtocolErrorCode, type GetPromptResult, type Prompt } from '@modelcontextprotocol/server'
import type { Prompts, Respondent } from '@rackwarden/core/runtime'
import type { Offer } from './offer.ts'

/** Lists and gives the prompts of a surface. */
export function offerPrompts({ server, viewer, asking, guard }: Omit<Offer, 'surface'>, prompts: Prompts): void {
  server.setRequestHandler('prompts/list', async () => ({
    prompts: [...(await guard('list of prompts', async () => prompts.list(viewer.view)))] as Prompt[],
  }))
  server.setRequestHandler('prompts/get', async ({ params: { name, arguments: input = {} } }, context) => {
    const { view } = viewer
    const asked = { method: 'prompts/get', name, input }
    const work = async (client: Respondent) => {
      const found = await guard(`prompt ${name}`, () => prompts.get({ ...view, name, input, client, signal: context.mcpReq.signal }))
      if (found === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no prompt '${name}'.`)
      return found
    }
    const found = await asking.converse({ server, context, view, request: asked, work })
    if (isInputRequiredResult(found)) return found
    if ('messages' in found) return { messages: found.messages as unknown as GetPromptResult['messages'] }
    throw new ProtocolError(ProtocolErrorCode.InvalidRequest, `The prompt '${name}' asks what this client does not answer.`)
  })
}
