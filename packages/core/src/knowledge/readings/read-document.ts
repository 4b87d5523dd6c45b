import { z } from 'zod'
import { ToolError } from '../../define/error.ts'
import { didYouMean } from '../../define/nearest-names.ts'
import { toolsFor } from '../../define/tool.ts'
import type { Lab } from '../../facets/lab.ts'
import { addressOf } from '../address.ts'
import type { DocumentFolder } from '../document-folder.ts'
import type { Documents } from '../documents.ts'

const defineTool = toolsFor<Lab>()

/** One document whole, as far as a result goes. */
export function readDocument(documents: Documents) {
  return defineTool({
    name: 'read_document',
    title: 'A document',
    description: 'One Markdown file of a configured folder.',
    access: 'observe',
    input: z.object({ folder: z.string().describe('Folder.'), path: z.string().describe('Path in it.') }),
    output: z.object({ text: z.string().describe('What stands there.') }),
    untrusted: true,
    budgetTokens: 9_000,
    narrowing: 'search_docs finds the part of it that answers a question',
    text: ({ text }) => text,
    run: async ({ folder: name, path }, { client }) => {
      const folder = await folderOf(documents, client, name)
      // Only what a look at the folder found is read: no path leads out of it.
      const file = folder.files.find((one) => one.path === path)
      const text = file === undefined ? undefined : await documents.read(file)
      if (text !== undefined) return { text }
      const why = file === undefined ? 'There is no document' : 'No text in UTF-8 can be read of the document'
      throw new ToolError(
        'not_found',
        `${why} '${path}'.${
          file === undefined
            ? didYouMean(
                path,
                folder.files.map((one) => one.path),
              )
            : ''
        }`,
        {
          hint: `${addressOf('docs', name)} lists those there are.`,
        },
      )
    },
  })
}

/** What a folder holds, and what of it was left out. */
export function listDocuments(documents: Documents) {
  return defineTool({
    name: 'list_documents',
    title: 'A folder of documents',
    description: 'The Markdown files of a configured folder.',
    access: 'observe',
    input: z.object({ folder: z.string().describe('Folder.') }),
    output: z.object({
      problem: z.string().optional().describe('Why nothing can be read.'),
      files: z
        .array(
          z.object({
            path: z.string().describe('Path in it.'),
            bytes: z.number().describe('Size.'),
            modified: z.string().describe('Last change, ISO 8601.'),
          }),
        )
        .describe('By path.'),
      left_out: z.array(z.string()).optional().describe('What is not among them, and why.'),
    }),
    untrusted: true,
    budgetTokens: 9_000,
    narrowing: 'search_docs finds what answers a question',
    run: async ({ folder: name }, { client }) => {
      const { problem, files, leftOut } = await folderOf(documents, client, name)
      return {
        ...(problem === undefined ? {} : { problem }),
        files: files.map(({ path, bytes, modifiedMs }) => ({ path, bytes, modified: new Date(modifiedMs).toISOString() })),
        ...(leftOut.length === 0 ? {} : { left_out: leftOut.map(({ why, count, example }) => `${count} ${why} (${example})`) }),
      }
    },
  })
}

/** What the owner wrote down concerns the whole lab: who sees a part of it is told of no folder. */
async function folderOf(documents: Documents, { isWhole }: Lab, name: string): Promise<DocumentFolder> {
  const folders = isWhole ? await documents.look() : []
  const folder = folders.find((one) => one.name === name)
  if (folder !== undefined) return folder
  throw new ToolError('not_found', `There is no folder of documents '${name}' here.`, {
    hint: folders.length === 0 ? 'None is configured for you.' : `There are: ${folders.map((one) => one.name).join(', ')}.`,
  })
}
