/**
 * What a snippet shows of a source file: all of it, or what stands between `// #region <name>` and `// #endregion`.
 * @param {string} source
 * @param {string | undefined} region
 */
export function snippetOf(source, region) {
  if (region === undefined) {
    if (source.includes('// #region')) throw new Error('it has regions: name the one that is meant')
    return source.trimEnd()
  }
  const [, lines] = new RegExp(`^[ \\t]*// #region ${region}\\n([^]*?)^[ \\t]*// #endregion`, 'm').exec(source) ?? []
  if (lines === undefined) throw new Error(`it has no region '${region}'`)
  const shown = lines.replace(/\n+$/, '').split('\n')
  const indents = shown.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0)
  const indent = Math.min(...indents)
  return shown.map((line) => line.slice(indent)).join('\n')
}
