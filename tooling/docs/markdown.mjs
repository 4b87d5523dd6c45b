/**
 * A table; what would end a cell, or be taken for HTML, is escaped.
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `|${cells.map((cell) => (cell === '' ? ' ' : ` ${escaped(cell)} `)).join('|')}|`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

/** @param {string} cell */
function escaped(cell) {
  return cell
    .replaceAll('|', '\\|')
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part))
    .join('`')
}

/** @param {string} text */
export function code(text) {
  return `\`${text}\``
}

// Addresses, paths, names with underscores and what is quoted: what somebody would type.
const typed = /'[^'\s]+'|[\w()]+:\/\/[^\s,;`]*[^\s,;.:`)]|(?<![\w`/])~?\/[\w./-]*\w|\b[a-z]+(?:_[a-z]+)+\b|\buser@host(?:\[:port\]|:port)?/g

/**
 * A description for people as Markdown: its addresses, paths and names stand as code.
 * @param {string} description
 */
export function prose(description) {
  return description.replaceAll(typed, (word) => code(word.replaceAll("'", '')))
}
