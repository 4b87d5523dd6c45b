/** How a task stands that an upstream was once asked for, whoever asked. */
export interface TaskState {
  status: 'running' | 'done' | 'failed'
  /** What there is to say of it, in one line. */
  said: string
}
