import type { Surface } from '@rackwarden/core/runtime'
import type { Offer } from './offer.ts'

/** The protocol allows so many values in one answer. */
const mostValues = 100

/** Completes fields that are being filled in. */
export function offerCompletion({ server, viewer, guard }: Omit<Offer, 'surface'>, complete: Required<Surface>['complete']): void {
  server.setRequestHandler('completion/complete', ({ params: { ref, argument } }) =>
    guard(`completion of ${argument.name}`, async () => {
      const of = ref.type === 'ref/prompt' ? { prompt: ref.name } : { resource: ref.uri }
      const values = await complete({ ...viewer.view, of, field: argument.name, begun: argument.value })
      return { completion: { values: values.slice(0, mostValues), total: values.length, hasMore: values.length > mostValues } }
    }),
  )
}
