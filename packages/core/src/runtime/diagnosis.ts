/** One thing `doctor` looked at, and what to do where it is not well. */
export interface Diagnosis {
  level: 'ok' | 'warning' | 'error'
  subject: string
  message: string
  fix?: string
}
