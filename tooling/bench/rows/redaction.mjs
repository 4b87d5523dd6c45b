import { createSecretFilter } from '@rackwarden/core/runtime'

const size = 100_000

/** What a home writes: mostly without a secret, and with one every so often. */
const texts = {
  'log lines': repeated(
    (index) =>
      `2026-11-20T07:${String(index % 60).padStart(2, '0')}:00Z nas app[${index}]: level=info msg="GET /api/v1/keys?limit=5" user=joe id=${index} ` +
      (index % 50 === 0 ? 'token=abcdef0123456789\n' : 'took 12ms, 3 passed, publickey accepted from 10.0.0.4\n'),
  ),
  JSON: repeated(
    (index) =>
      `{"id":"${'0123456789abcdef'.repeat(4)}","name":"container-${index}","image":"registry.lan/app:1.2.3","env":["TZ=UTC","PORT=80"` +
      (index % 20 === 0 ? ',"DB_PASSWORD=hunter2"' : '') +
      `],"labels":{"com.docker.compose.project":"x"},"state":"running","token_type":"x"},\n`,
  ),
}

/** Inputs that make regular expressions walk back and forth, ten megabytes each. */
const worst = [
  'a',
  '-----BEGIN',
  'eyJ',
  'password="',
  'token ',
  'key=',
  '://a:',
  'curl -u ',
  'abcdefghijklmnopqrstuvwxyz\n',
  '$2y$05$',
  '{"password":[',
]

/**
 * What it costs to look for secrets in 100 kB of text, with a hundred of them known, in logs, JSON and at the worst.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureRedaction({ add, quick }) {
  const filter = createSecretFilter()
  for (let index = 0; index < 100; index += 1) filter.add(`configured-secret/${index}+${index * 7919}`)
  for (const [subject, text] of Object.entries(texts))
    add('redaction.usual', { subject, value: fastest(filter, text, quick ? 10 : 40), judged: true })
  const megabytes = quick ? 2 : 10
  let [slowest, value] = ['', 0]
  for (const unit of worst) {
    const text = unit.repeat(Math.ceil((megabytes * 1_000_000) / unit.length))
    const cost = fastest(filter, text, 1) / (text.length / size)
    if (cost > value) [slowest, value] = [unit, cost]
  }
  add('redaction.worst', { subject: `${megabytes} MB of ${JSON.stringify(slowest)}`, value, judged: true })
}

/**
 * Milliseconds of the fastest round.
 * @param {import('@rackwarden/core/runtime').SecretFilter} filter
 * @param {string} text
 * @param {number} rounds
 */
function fastest(filter, text, rounds) {
  let least = Infinity
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now()
    filter.text(text)
    least = Math.min(least, performance.now() - started)
  }
  return least
}

/**
 * @param {(index: number) => string} line
 * @returns {string}
 */
function repeated(line) {
  let text = ''
  for (let index = 0; text.length < size; index += 1) text += line(index)
  return text.slice(0, size)
}
