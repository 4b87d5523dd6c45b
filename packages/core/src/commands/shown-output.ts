/** What a command printed, as it is read; how it ended stands last, for of what is too long the end is shown, and no output can speak after it. */
export function shownOutput({ stdout, stderr }: { stdout: string; stderr: string }, ...ending: readonly string[]): string {
  return [
    ...(stdout === '' ? [] : [stdout.replace(/\n$/, '')]),
    ...(stderr === '' ? [] : [`stderr:\n${stderr.replace(/\n$/, '')}`]),
    ...ending,
  ].join('\n')
}
