import type { Surface } from '@rackwarden/core/runtime'
import type { Offer } from './offer.ts'

/** The protocol allows so many values in one answer. */
const mostValues = 100

/** Completes fields that are being filled in. */
export function offerCompletion({ server, viewer, guard }: Omit<Offer, 'surface'>, complete: Required<Surface>['complete']): void {
  server.setRequestHandler('completion/complete', async ({ params: { ref, argument } }) => {
    const of = ref.type === 'ref/prompt' ? { prompt: ref.name } : { resource: ref.uri }
    const request = { ...viewer.view, of, field: argument.name, begun: argument.value }
    const values = await guard(`completion of ${argument.name}`, () => complete(request))
    return { completion: { values: values.slice(0, mostValues), total: values.length, hasMore: values.length > mostValues } }
  })
}
