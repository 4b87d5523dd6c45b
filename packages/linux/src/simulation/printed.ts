/** What a part of a script prints: text by section. */
export type Printed = Readonly<Record<string, string>>

/** Puts sections together the way the script's shell functions do. */
export function printSections(mark: string, sections: Printed): string {
  return [...Object.entries(sections), ['end', '']].map(([name, text]) => `\n${mark} ${name}\n${text}`).join('')
}
