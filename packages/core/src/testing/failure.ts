import { ToolError } from '../define/error.ts'

/** The error a call ends in. */
export async function failure(work: Promise<unknown>): Promise<ToolError> {
  try {
    await work
  } catch (error) {
    if (ToolError.isInstance(error)) return error
    throw new Error('It failed with something else than a ToolError', { cause: error })
  }
  throw new Error('It did not fail')
}
