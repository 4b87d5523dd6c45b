/**
 * Small records of the process on durable storage, by relative path (`plans/<name>.json`).
 * Every record has one writer; a claim is a rename, and exactly one process wins it.
 */
export interface StateStore {
  /** Absolute path of the state directory. */
  readonly directory: string
  /** The text of a record, or undefined where there is none. */
  read(path: string): Promise<string | undefined>
  /** Writes a record whole or not at all (temporary file, rename), readable by the owner only. */
  write(path: string, text: string): Promise<void>
  /** Moves a record; false where it was not there (any more). */
  claim(from: string, to: string): Promise<boolean>
  /** Names of the records in a directory, sorted; none where it does not exist. */
  list(directory: string): Promise<string[]>
  /** Takes a record away; nothing happens where there is none. */
  remove(path: string): Promise<void>
}
