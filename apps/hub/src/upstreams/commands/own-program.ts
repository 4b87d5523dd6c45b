/** A package of ours, as npx and its like take it, with or without its version. */
const ownPackage = /^(?:rackwarden|@rackwarden\/[\w-]+)(?:@[\w.-]+)?$/
/** An image of ours, at whichever registry. */
const ownImage = /^(?:[\w.-]+(?::\d+)?\/)+rackwarden(?:[:@][\w.:-]+)?$/
/** A program of ours where npm or a checkout has put it. */
const ownFile = /(?:^|[/\\])(?:\.bin[/\\]rackwarden[\w.-]*|@?rackwarden[/\\](?:[\w-]+[/\\])*dist[/\\]bin\.cjs)$/
const ownCommand = /(?:^|[/\\])rackwarden(?:-[\w-]+)?(?:\.\w+)?$/

/** Whether a command line starts this program, or a service of it; a folder that only has its name does not. */
export function isOwnProgram([command = '', ...args]: readonly string[]): boolean {
  return ownCommand.test(command) || [command, ...args].some((word) => ownPackage.test(word) || ownImage.test(word) || ownFile.test(word))
}
