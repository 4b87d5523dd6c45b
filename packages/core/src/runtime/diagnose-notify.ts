import { defaultApproval } from '../policy/required-approval.ts'
import type { Catalogue } from './catalogue.ts'
import type { Diagnosis } from './diagnosis.ts'

/** Looks at how a person is told of requests for their approval, where that is configured. */
export function diagnoseNotify({ configuration }: Catalogue): Diagnosis[] {
  const { notify, approval = defaultApproval } = configuration
  if (notify === undefined) return []
  const subject = 'notifications'
  const warning = (message: string, fix: string): Diagnosis => ({ level: 'warning', subject, message, fix })
  const found = [
    ...(approval.channels.includes('notify')
      ? []
      : [warning("nobody is told: 'channels' of approval leaves 'notify' out", "Add 'notify' there, or take approval.notify away.")]),
    ...(notify.plainHttp
      ? [
          warning(
            `the passphrase crosses the network unencrypted on its way to ${notify.url}`,
            'Put a reverse proxy with a certificate in front.',
          ),
        ]
      : []),
  ]
  const ways = notify.channels.map(({ kind }) => kind).join(', ')
  return found.length > 0 ? found : [{ level: 'ok', subject, message: `by ${ways}; the page is at ${notify.url}/approvals` }]
}
