/** One instruction of a Dockerfile, continued lines joined. */
export interface Instruction {
  keyword: string
  rest: string
}

/** The instructions of a Dockerfile, stage by stage; each stage begins with its FROM. */
export function stagesOf(text: string): Instruction[][] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
  const stages: Instruction[][] = []
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*?)\s*$/.exec(line) ?? []
    if (keyword === '') continue
    if (keyword === 'FROM') stages.push([])
    stages.at(-1)?.push({ keyword, rest })
  }
  return stages
}

/** A COPY, taken apart. */
export interface Copy {
  /** The stage copied from; the build context where there is none. */
  from: string | undefined
  sources: string[]
  target: string
}

/** The COPY instructions of a stage. */
export function copiesOf(stage: readonly Instruction[]): Copy[] {
  return stage
    .filter(({ keyword }) => keyword === 'COPY')
    .map(({ rest }) => {
      const words = rest.split(/\s+/)
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
      const paths = words.filter((word) => !word.startsWith('--'))
      return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' }
    })
}

/** The words of an instruction in its JSON form, and of HEALTHCHECK's after CMD; throws where it is in shell form. */
export function wordsOf(stage: readonly Instruction[], keyword: string): string[] {
  const rest = stage.find((instruction) => instruction.keyword === keyword)?.rest ?? ''
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}
