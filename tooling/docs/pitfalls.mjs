import { prose } from './markdown.mjs'

/**
 * What surprises about an upstream, one point each.
 * @param {readonly { title: string, text: string }[]} pitfalls
 */
export function pitfallsList(pitfalls) {
  return pitfalls.map(({ title, text }) => `- **${title}.** ${prose(text)}`).join('\n')
}
