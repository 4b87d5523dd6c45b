import type { PromptListing, Prompts } from '../call/content.ts'
import type { View } from '../call/view.ts'
import { ToolError } from '../define/error.ts'
import { cleanText } from '../present/clean.ts'
import type { AtHand, PromptDefinition } from './prompts/at-hand.ts'
import { beforeITravel } from './prompts/before-i-travel.ts'
import { dailyReport } from './prompts/daily-report.ts'
import { decommission } from './prompts/decommission.ts'
import { diagnose } from './prompts/diagnose.ts'
import { onboardService } from './prompts/onboard-service.ts'

const longestArgument = 500

/** Every prompt there is, by name. */
export const promptDefinitions: readonly PromptDefinition[] = [beforeITravel, dailyReport, decommission, diagnose, onboardService]

/** Makes the prompts, worded for what their caller has at hand. */
export function openPrompts(handOf: (view: View) => AtHand, prefix: string): Prompts {
  return {
    list: () => promptDefinitions.map((definition) => listingOf(definition, prefix)),
    get: ({ name, input, ...view }) => {
      const definition = promptDefinitions.find((one) => `${prefix}${one.name}` === name)
      if (definition === undefined) return Promise.resolve(undefined)
      const given = filledIn(definition, input)
      const hand = handOf(view)
      const { callThrough } = hand
      // Few tools are listed where the rest is called through others: a name alone would lead nowhere.
      const how =
        callThrough === undefined
          ? []
          : [`A tool that is not listed is called through the call_ tool of its access: ${callThrough}; search_tools tells its inputs.`]
      const text = [definition.text(hand, given), ...how].join('\n')
      return Promise.resolve({ messages: [{ role: 'user', content: { type: 'text', text } }] })
    },
  }
}

function listingOf({ name, title, description, arguments: fields }: PromptDefinition, prefix: string): PromptListing {
  return {
    name: `${prefix}${name}`,
    title,
    description,
    arguments: fields.map(({ name: field, description: told, required }) => ({
      name: field,
      description: told,
      ...(required === true ? { required } : {}),
    })),
  }
}

/** What was filled in, each a line; throws where a field is unknown, missing or longer than anybody means. */
function filledIn({ name, arguments: fields }: PromptDefinition, input: Readonly<Record<string, string>>): Record<string, string> {
  const names = fields.map((field) => field.name)
  const unknown = Object.keys(input).find((key) => !names.includes(key))
  if (unknown !== undefined)
    throw new ToolError('invalid_input', `The prompt '${name}' has no field '${cleanText(unknown).slice(0, 60)}'.`, {
      hint: names.length === 0 ? 'It takes none.' : `Its fields are: ${names.join(', ')}.`,
    })
  const given: Record<string, string> = {}
  for (const field of fields) {
    const value = cleanText(input[field.name] ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim()
    if (value.length > longestArgument)
      throw new ToolError('invalid_input', `'${field.name}' is longer than ${longestArgument} characters.`, { hint: 'Say it shorter.' })
    if (value !== '') given[field.name] = value
    else if (field.required === true)
      throw new ToolError('invalid_input', `The prompt '${name}' needs '${field.name}'.`, { hint: field.description })
  }
  return given
}
