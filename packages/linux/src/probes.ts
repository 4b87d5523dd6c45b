import { sh, type Part } from './script.ts'
import { numberOf, pairsOf, type Sections } from './sections.ts'

/** Tries a TCP port from the host: address, port, seconds. */
export const tcpPart: Part = {
  name: 'tcp',
  body: sh`
section tcp:from; uname -n
before=$(date +%s%N)
if has bash && limited 2 bash -c ': </dev/null'; then
  section tcp:with; echo bash
  section tcp:said; limited "$3" bash -c 'exec 3<>"/dev/tcp/$1/$2"' probe "$1" "$2" 2>&1
elif has nc; then
  section tcp:with; echo nc
  section tcp:said
  if nc -h 2>&1 </dev/null | grep -q -e '-z'; then limited "$3" nc -z -w "$3" "$1" "$2" 2>&1
  else limited "$3" nc -w "$3" "$1" "$2" -e true 2>&1; fi
else
  section tcp:none; return
fi
code=$?
after=$(date +%s%N)
section tcp:facts
echo "code=$code"
echo "before=$before"
echo "after=$after"`,
}

/** Asks a web address from the host: address, seconds. */
export const httpPart: Part = {
  name: 'http',
  body: sh`
section http:from; uname -n
if has curl; then
  section http:with; echo curl
  section http:said
  curl -q -gsv -o /dev/null -m "$2" -w '\nstatus=%{http_code}\nseconds=%{time_total}\nverify=%{ssl_verify_result}\naddress=%{remote_ip}\ntype=%{content_type}\n' "$1" 2>&1
elif has wget; then
  section http:with; echo wget
  # Some builds of BusyBox fall over their own -T.
  section http:said; limited "$2" wget -S -O /dev/null "$1" 2>&1
else
  section http:none; return
fi
code=$?
section http:facts; echo "code=$code"`,
}

/** What came of trying a port. */
export interface TcpProbe {
  from: string
  outcome: 'open' | 'refused' | 'timeout' | 'unresolved' | 'unreachable' | 'failed'
  milliseconds: number | undefined
  said: string | undefined
}

/** Reads what the part printed; undefined where the host has nothing to try with. */
export function tcpProbeOf(sections: Sections): TcpProbe | undefined {
  if (sections.has('tcp:none')) return undefined
  const facts = pairsOf(sections.text('tcp:facts'))
  const said = sections.text('tcp:said')
  const outcome = facts['code'] === '0' ? 'open' : outcomeOf(said, facts['code'] ?? '')
  const last = said
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^(?:probe|bash|nc): (?:line \d+: )?/, '')
    .trim()
  return {
    from: sections.text('tcp:from').trim(),
    outcome,
    milliseconds: between(facts['before'], facts['after']),
    said: outcome === 'open' || last === '' ? undefined : last?.slice(0, 200),
  }
}

function outcomeOf(said: string, code: string): TcpProbe['outcome'] {
  if (/refused/i.test(said)) return 'refused'
  if (/not known|name resolution|bad address|unknown host|resolve|no address/i.test(said)) return 'unresolved'
  if (/no route|unreachable/i.test(said)) return 'unreachable'
  // 124 is timeout's own word, 143 and 137 that of a small one.
  return /timed out|timeout/i.test(said) || ['124', '143', '137'].includes(code) ? 'timeout' : 'failed'
}

// Small systems have seconds only, which say nothing.
function between(before: string | undefined, after: string | undefined): number | undefined {
  if (!/^\d{16,}$/.test(before ?? '') || !/^\d{16,}$/.test(after ?? '')) return undefined
  return Math.round(Number(BigInt(after ?? 0) - BigInt(before ?? 0)) / 1_000_000)
}

/** What came of asking a web address. */
export interface HttpProbe {
  from: string
  with: string
  status: number | undefined
  milliseconds: number | undefined
  address: string | undefined
  contentType: string | undefined
  location: string | undefined
  /** When the certificate ends. */
  certificateUntil: string | undefined
  error: string | undefined
}

/** Reads what the part printed; undefined where the host has nothing to ask with. */
export function httpProbeOf(sections: Sections): HttpProbe | undefined {
  if (sections.has('http:none')) return undefined
  const said = sections.text('http:said')
  const facts = pairsOf(said)
  const statuses = [...said.matchAll(/(?:^[<\s]*|error: )HTTP\/[\d.]+ (\d{3})/gm)]
  const status = numberOf(facts['status']) || numberOf(statuses.at(-1)?.[1])
  const code = pairsOf(sections.text('http:facts'))['code']
  const seconds = numberOf(facts['seconds'])
  const until = /expire date: (.*)$/m.exec(said)?.[1]
  return {
    from: sections.text('http:from').trim(),
    with: sections.text('http:with').trim(),
    status: status === 0 ? undefined : status,
    milliseconds: seconds === undefined ? undefined : Math.round(seconds * 1000),
    address: facts['address'] || undefined,
    contentType: facts['type'] || undefined,
    location: /^[<\s]*location: (.*)$/im.exec(said)?.[1]?.trim(),
    certificateUntil:
      until === undefined || Number.isNaN(Date.parse(until)) ? undefined : new Date(Date.parse(until)).toISOString().replace('.000', ''),
    error: status ? undefined : errorOf(said, code ?? ''),
  }
}

function errorOf(said: string, code: string): string {
  const lines = said.split('\n').map((line) => line.replace(/^[*<>\s]+/, '').trim())
  if (['124', '143', '28'].includes(code)) return 'no answer in time'
  const telling = lines.findLast((line) =>
    /refused|could not resolve|resolve host|bad address|timed out|unreachable|no route|certificate|SSL|not known|download timed|can't connect|failed/i.test(
      line,
    ),
  )
  return telling?.slice(0, 200) ?? `no answer (exit code ${code})`
}
