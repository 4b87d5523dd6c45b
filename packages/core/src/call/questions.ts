/** What a client can be asked for: a form its user fills in, words of its model, the folders it works on. */
export type Askable = 'elicitation' | 'roots' | 'sampling'

/** What a client lets itself be asked, by the capabilities it declared; one that only opens pages has no form to fill in. */
export function askableBy(capabilities: Readonly<Record<string, unknown>> = {}): Askable[] {
  const { elicitation, roots, sampling } = capabilities as Partial<Record<Askable, object>>
  const hasForm = elicitation !== undefined && ('form' in elicitation || !('url' in elicitation))
  return [
    ...(hasForm ? (['elicitation'] as const) : []),
    ...(roots === undefined ? [] : (['roots'] as const)),
    ...(sampling === undefined ? [] : (['sampling'] as const)),
  ]
}

/** One thing asked of a client, in the protocol's own words. */
export interface Question {
  readonly method: 'elicitation/create' | 'roots/list' | 'sampling/createMessage'
  readonly params: Readonly<Record<string, unknown>>
}

/** What has to be answered first: the same call comes again with the answers. */
export interface Questions {
  /** By names of the asker's choice. */
  readonly ask: Readonly<Record<string, Question>>
  /** Comes back with the answers as it was, or not at all: it is bound to the caller and the call, and the caller can read it. */
  readonly state?: unknown
}

/** What a client answered. Nothing in it is checked, and only `state` shows that anything was asked. */
export interface Answers {
  readonly given: Readonly<Record<string, unknown>>
  readonly state?: unknown
}

/** The client behind a call, as far as it can be asked. */
export interface Respondent {
  readonly askable: readonly Askable[]
  readonly answers?: Answers
}
