/** Markup that is safe to send: literal parts of a template, with everything put into them escaped. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

/** What may stand in a template. */
export type HtmlValue = string | number | Html | undefined | readonly HtmlValue[]

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' }

/** Makes markup of a template: text is escaped, for elements and for quoted attributes alike; markup and lists of it go in as they are. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(String.raw({ raw: parts }, ...values.map(markupOf)))
}

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.markup
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return String(value).replaceAll(/[&<>"'`]/g, (sign) => entities[sign] ?? '')
  return value.map(markupOf).join('')
}
