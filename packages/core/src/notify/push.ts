import type { NotifyChannel } from '../config/notify.ts'
import type { Notification } from './notification.ts'

/** The request that hands a notification to its channel. */
export interface Push {
  /** Below the channel's url. */
  path: string
  headers: Readonly<Record<string, string>>
  body: unknown
}

const bearer = (token: string | undefined) => (token === undefined ? {} : { authorization: `Bearer ${token}` })

/** Says a notification in the words of a channel; text somebody else wrote is formatted by none of them. */
export function pushOf(channel: NotifyChannel, { title, text, link, request }: Notification): Push {
  switch (channel.kind) {
    case 'ntfy':
      return {
        path: '',
        headers: bearer(channel.token),
        body: {
          topic: channel.topic,
          title,
          message: text,
          priority: 4,
          click: link,
          actions: [{ action: 'view', label: 'Decide', url: link }],
        },
      }
    case 'gotify':
      return {
        path: '/message',
        headers: { 'x-gotify-key': channel.token },
        body: {
          title,
          message: `${text}\n\n${link}`,
          priority: 8,
          extras: { 'client::display': { contentType: 'text/plain' }, 'client::notification': { click: { url: link } } },
        },
      }
    case 'telegram': {
      const head = `${title}\n`
      return {
        path: `/bot${channel.token}/sendMessage`,
        headers: {},
        body: {
          chat_id: channel.chat,
          text: `${head}${text}\n\n${link}`,
          // Offsets count UTF-16 units, as JavaScript does. A preview would let their servers open the link.
          entities: [{ type: 'pre', offset: head.length, length: text.length }],
          link_preview_options: { is_disabled: true },
        },
      }
    }
    case 'discord':
      return {
        // Of the address a thread is named by its query.
        path: new URL(channel.url).search,
        headers: {},
        body: {
          content: `**Approval needed**\n\`\`\`\n${`${title}\n${text}`.replaceAll('`', "'")}\n\`\`\`\n<${link}>`,
          allowed_mentions: { parse: [] },
          flags: suppressEmbeds,
        },
      }
    case 'webhook':
      break
  }
  return { path: new URL(channel.url).search, headers: bearer(channel.token), body: { title, text, url: link, ...request } }
}

/** Discord's flag of a message whose links are not opened for a preview. */
const suppressEmbeds = 4
