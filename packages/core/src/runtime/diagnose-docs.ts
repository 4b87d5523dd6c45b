import type { Configuration } from '../config/configuration.ts'
import type { Knowledge } from '../knowledge/knowledge.ts'
import type { Diagnosis } from './diagnosis.ts'

/** Looks at the folders of documents: whether they are there, what can be found in them, and what was left out. */
export async function diagnoseDocs({
  configuration,
  knowledge,
}: {
  configuration: Configuration
  knowledge: Knowledge
}): Promise<Diagnosis[]> {
  if ((configuration.docs?.folders.length ?? 0) === 0) return []
  return (await knowledge.survey()).map(({ name, path, problem, files, passages, leftOut, unread }) => {
    const subject = `docs ${name}`
    if (problem !== undefined)
      return {
        level: 'warning',
        subject,
        message: `${path}: ${problem}`,
        fix: "Mend the path under 'docs' in rackwarden.yaml, or who may read it.",
      }
    if (files.length === 0)
      return { level: 'warning', subject, message: `${path} holds no Markdown file`, fix: "Put .md files there, or take it out of 'docs'." }
    const left = [
      ...leftOut.map(({ why, count, example }) => `${count} ${why} (${example})`),
      ...(unread.length === 0 ? [] : [`${unread.length} not text in UTF-8 (${unread[0]})`]),
    ]
    return {
      level: left.length === 0 ? 'ok' : 'warning',
      subject,
      message: `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${passages} passages${left.length === 0 ? '' : `; left out: ${left.join(', ')}`}`,
      ...(left.length === 0 ? {} : { fix: 'What is left out is not found by search_docs; split large files, and keep notes as UTF-8.' }),
    }
  })
}
