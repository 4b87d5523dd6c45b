import type { StandardSchemaV1 } from '@modelcontextprotocol/client'

/** Takes a result as it came: what is used of it is looked at where it is used, and a field too many breaks nothing. */
export const anyResult: StandardSchemaV1<unknown, Record<string, unknown>> = {
  '~standard': {
    version: 1,
    vendor: 'rackwarden',
    validate: (value) => ({ value: value as Record<string, unknown> }),
  },
}
