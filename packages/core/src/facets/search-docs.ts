import { z } from 'zod'
import { toolsFor } from '../define/tool.ts'
import type { Lab } from './lab.ts'

const usual = 5

/** Answers from what was written down: documents, pitfalls and the latest census. */
export const searchDocs = toolsFor<Lab>()({
  name: 'search_docs',
  title: 'Search the documents',
  description: 'Search docs, notes, runbooks: what did I write down or document about it? Known pitfalls and gotchas, too.',
  access: 'observe',
  input: z.object({
    query: z.string().min(1).describe('A question, or words.'),
    limit: z.number().int().min(1).max(20).default(usual).describe('Most passages.'),
  }),
  output: z.object({
    passages: z
      .array(
        z.object({
          source: z.string().describe('Where it stands; a resource that can be read.'),
          heading: z.string().optional().describe('Headings it stands under.'),
          text: z.string().describe('What stands there.'),
        }),
      )
      .describe('The best first.'),
    searched: z.string().describe('What was looked through.'),
  }),
  untrusted: true,
  text: ({ passages, searched }) =>
    [
      ...passages.map(({ source, heading, text }, index) =>
        [
          `${index + 1}. ${source}${heading === undefined ? '' : ` › ${heading}`}`,
          ...text.split('\n').map((line) => `   ${line}`.trimEnd()),
        ].join('\n'),
      ),
      passages.length === 0 ? `Nothing of it is written down. Looked through: ${searched}.` : `Looked through: ${searched}.`,
    ].join('\n'),
  run: async ({ query, limit }, { client }) => {
    const { found, searched } = await client.passages.search(query, limit, client)
    const { files, leftOut, services, census } = searched
    const told = [
      ...(client.isWhole ? [`${files} ${files === 1 ? 'file' : 'files'}`] : []),
      ...(leftOut === 0 ? [] : [`${leftOut} left out (doctor says why)`]),
      ...(services.length === 0 ? [] : [`pitfalls of ${services.join(', ')}`]),
      ...(census === undefined ? [] : [`the census of ${census.slice(0, 16)}Z`]),
    ]
    return {
      passages: found.map(({ source, headings, text }) => ({
        source,
        ...(headings.length === 0 ? {} : { heading: headings.join(' › ') }),
        text,
      })),
      searched: told.join(', ') || 'nothing',
    }
  },
})
