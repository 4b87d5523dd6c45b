import { ToolError, type ErrorCode } from '@rackwarden/core'

interface Meaning {
  /** Keys of its translations as 2.x sends them, and sentences as 1.23 does. */
  said: RegExp
  code: ErrorCode
  message: string
  hint: string
}

const meanings: readonly Meaning[] = [
  {
    said: /^(?:authIncorrectCreds|Incorrect username or password\.?)$/,
    code: 'unauthorized',
    message: 'Uptime Kuma refused the user name or the password.',
    hint: 'Check username and password of this instance.',
  },
  {
    said: /^(?:authInvalidToken|Invalid token[.!]?)$/i,
    code: 'unauthorized',
    message: 'Uptime Kuma refused the token.',
    hint: 'A token (JWT) is void once the password changed: configure username and password instead, or a new token.',
  },
  {
    said: /^(?:authUserInactiveOrDeleted|The user is inactive or deleted\.?)$/,
    code: 'unauthorized',
    message: 'The account is inactive or deleted.',
    hint: 'Configure another account of this Uptime Kuma.',
  },
  {
    said: /^Too frequently/i,
    code: 'rate_limited',
    message: 'Uptime Kuma takes no more logins for the moment.',
    hint: 'It allows 20 a minute, for everybody together. Wait a minute.',
  },
  {
    said: /not logged in/i,
    code: 'unauthorized',
    message: 'Uptime Kuma no longer knows the login.',
    hint: 'Somebody may have logged out everybody. Try again: the next call logs in anew.',
  },
  {
    said: /do not own this monitor|of null \(reading|^Maintenance not found$/,
    code: 'not_found',
    message: 'It is gone, or belongs to another account of this Uptime Kuma.',
    hint: 'list_monitors has what there is.',
  },
  {
    said: /^Permission denied/i,
    code: 'forbidden',
    message: 'It belongs to another account of this Uptime Kuma.',
    hint: 'Configure the account that made it.',
  },
  {
    said: /^Invalid Monitor Group$/,
    code: 'invalid_input',
    message: 'A group cannot be within itself.',
    hint: 'Choose another group.',
  },
]

// What the database says of a field this version does not know, or does not do without.
const ofField = /(?:constraint failed: |Column '|column named |Unknown column '|no such column: )\W*(?:monitor\.)?(\w+)/i

// What it checks before it writes: an interval of less than 20 seconds in 1.23, a field that has to be JSON.
const ofValue = /cannot be (?:less|more) than|must be (?:between|less than|valid)|^Invalid (?:start|end) date/i

/** Says in our words what Uptime Kuma did not do, and why. */
export function refusal(event: string, said: string): ToolError {
  const meaning = meanings.find((known) => known.said.test(said))
  if (meaning !== undefined) return new ToolError(meaning.code, meaning.message, { hint: meaning.hint })
  const field = ofField.exec(said)?.[1]
  if (field !== undefined)
    return new ToolError('upstream', `This version of Uptime Kuma refused the field '${field}': ${said.slice(0, 200)}`, {
      hint: 'Its database has another form than those of 1.23 and 2.x that are known here. Nothing was written.',
    })
  if (ofValue.test(said))
    return new ToolError('invalid_input', `Uptime Kuma refused a value: ${said.slice(0, 200)}`, {
      hint: 'Give another; nothing was written.',
    })
  return new ToolError('upstream', `Uptime Kuma refused ${event}: ${said.slice(0, 200) || 'no reason given'}`, {
    hint: 'Look at the logs of Uptime Kuma.',
  })
}
