import { cutPassages } from './cut-passages.ts'
import type { Documents } from './documents.ts'
import type { SurveyedFolder } from './knowledge.ts'

/** Reads every document once, to say what can be found in it. */
export async function surveyDocuments(documents: Documents): Promise<readonly SurveyedFolder[]> {
  const surveyed: SurveyedFolder[] = []
  for (const folder of await documents.look()) {
    const unread: string[] = []
    let passages = 0
    for (const file of folder.files) {
      const text = await documents.read(file)
      if (text === undefined) unread.push(file.path)
      else passages += cutPassages(text).length
    }
    surveyed.push({ ...folder, passages, unread })
  }
  return surveyed
}
