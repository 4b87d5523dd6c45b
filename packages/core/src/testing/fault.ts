/** Every way an upstream is shown to fail. */
export const faults = [
  'refused',
  'hang',
  '401',
  '403',
  '404',
  '429',
  '500',
  'html',
  'garbage',
  'truncated',
  'slow',
  'oversized',
  'wrongCertificate',
] as const

/** One way an upstream fails. */
export type Fault = (typeof faults)[number]
