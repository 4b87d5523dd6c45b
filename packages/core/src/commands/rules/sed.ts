/** A sed script of addresses and of commands that neither run, read nor write other files. */
export function isPlainSed(script: string): boolean {
  const state = { text: script, at: 0 }
  while (state.at < script.length) {
    skip(state, /[\s;{}]*/y)
    if (state.at >= script.length) break
    if (!takeAddress(state)) return false
    skip(state, /\s*/y)
    if (script[state.at] === ',') {
      state.at++
      if (!takeAddress(state, true)) return false
    }
    skip(state, /[\s!]*/y)
    if (!takeCommand(state)) return false
  }
  return true
}

interface State {
  text: string
  at: number
}

function skip(state: State, pattern: RegExp): string {
  pattern.lastIndex = state.at
  const found = pattern.exec(state.text)?.[0] ?? ''
  state.at += found.length
  return found
}

/** An address is optional, except behind a comma. */
function takeAddress(state: State, isRequired = false): boolean {
  skip(state, /\s*/y)
  if (skip(state, /[+~]?\d+(?:~\d+)?|\$/y) !== '') return true
  if (state.text[state.at] !== '/') return !isRequired
  if (!takeDelimited(state, '/')) return false
  skip(state, /[IM]*/y)
  return true
}

/** Moves behind the next delimiter; brackets, in which a delimiter may hide, are not read. */
function takeDelimited(state: State, delimiter: string): boolean {
  for (state.at++; state.at < state.text.length; state.at++) {
    const character = state.text[state.at]
    if (character === '\n') return false
    if (character === '\\') state.at++
    else if (character === delimiter) {
      state.at++
      return true
    }
  }
  return false
}

function takeCommand(state: State): boolean {
  const command = state.text[state.at]
  if (command === undefined) return false
  if ('pPdDgGhHxnNqQ={}l'.includes(command)) {
    state.at++
    skip(state, /\s*\d*\s*/y)
    return atEnd(state)
  }
  if (command !== 's' && command !== 'y') return false
  const delimiter = state.text[++state.at]
  if (delimiter === undefined || /[\s\\;A-Za-z0-9]/.test(delimiter)) return false
  const start = state.at
  if (!takeDelimited(state, delimiter)) return false
  // Shells of sed disagree on a delimiter inside brackets.
  if (/\[[^\]]*$/.test(state.text.slice(start, state.at - 1))) return false
  state.at--
  if (!takeDelimited(state, delimiter)) return false
  skip(state, /[gpiIM\d]*/y)
  return atEnd(state)
}

function atEnd(state: State): boolean {
  return /^[ \t]*(?:[;\n}]|$)/.test(state.text.slice(state.at, state.at + 80))
}
