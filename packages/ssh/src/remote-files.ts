/** One file, directory or link on a host. */
export interface RemoteEntry {
  name: string
  kind: 'file' | 'directory' | 'link' | 'other'
  size: number
  /** Permission bits alone. */
  mode: number
  owner: number
  group: number
  /** Milliseconds since the epoch. */
  modified: number
}

/** Part or all of a file. */
export interface RemoteContent {
  content: Buffer
  /** True where the file goes on. */
  truncated: boolean
}

/** Files of a host, over SFTP. Every method throws `ToolError`. */
export interface RemoteFiles {
  /** Reads a regular file, from `start` on, at most `maxBytes` of it. */
  read(path: string, options?: { start?: number; maxBytes?: number; signal?: AbortSignal | undefined }): Promise<RemoteContent>
  /**
   * Replaces a file in one step, or makes it: readers see the old or the new content, never half of one. Mode and owner
   * stay as they were, and a link is followed. `mode` counts for a new file, which is the user's alone without it.
   */
  write(path: string, content: string | Uint8Array, options?: { mode?: number; signal?: AbortSignal | undefined }): Promise<void>
  /** The entries of a directory by name, at most `most`. */
  list(path: string, options?: { most?: number; signal?: AbortSignal | undefined }): Promise<{ entries: RemoteEntry[]; truncated: boolean }>
  /** One entry; a link is followed. */
  stat(path: string, options?: { signal?: AbortSignal | undefined }): Promise<RemoteEntry>
}
