/** A fenced block of a document. */
export interface CodeBlock {
  path: string
  /** Path and line. */
  where: string
  language: string
  text: string
  /** True where it is filled in from a source. */
  snippet: boolean
}

/** The fenced blocks of a document, in order. */
export function blocksOf(path: string, document: string): CodeBlock[] {
  return [...document.matchAll(/^[ ]*```([\w-]*)\n([^]*?)^[ ]*```$/gm)].map((match) => {
    const [, language = '', text = ''] = match
    const before = document.slice(0, match.index)
    return {
      path,
      where: `${path}:${before.split('\n').length}`,
      language,
      text,
      snippet: before.lastIndexOf('<!-- snippet:') > before.lastIndexOf('<!-- /snippet -->'),
    }
  })
}
