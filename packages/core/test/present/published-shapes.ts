import { readFileSync } from 'node:fs'
import { filled } from './secret-corpus.ts'

/** Who publishes a rule for a shape, or `o`: nobody, but a home has it. */
export const ruleSets = { g: 'gitleaks', t: 'trufflehog', d: 'detect-secrets', h: 'GitHub secret scanning', o: 'none of them' } as const

/** A shape of a published rule, as a template that many tokens are made of. */
export interface PublishedShape {
  /** `form`: nothing around it tells what it is; `name`: a name does, as the rule asks for; `innocent`: it is no secret. */
  kind: string
  sets: string
  template: string
}

/** The shapes of the file, whose lines are letters of rule sets and a template as in the corpus; an innocent one has no letters. */
export function publishedShapes(): PublishedShape[] {
  let kind = ''
  return readFileSync(new URL('published-shapes.txt', import.meta.url), 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('# ')) kind = line.slice(2)
      if (line.startsWith('# ') || line === '') return []
      const [, sets = '', template = line] = kind === 'innocent' ? [] : (/^([a-z]+): (.*)$/.exec(line) ?? [])
      return [{ kind, sets, template }]
    })
}

/** One of the texts of a shape, and the secrets in it. */
export function sampleOf({ template }: PublishedShape, number: number): { text: string; secrets: string[] } {
  const text = filled(template.replaceAll('⏎', '\n'), number)
  return { text: text.replaceAll(/[«»]/g, ''), secrets: [...text.matchAll(/«([^»]*)»/g)].map(([, secret = '']) => secret) }
}
