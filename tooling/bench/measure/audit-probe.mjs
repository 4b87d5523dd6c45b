// Answers one question about an audit in a process of its own and prints what that took.
import { searchAudit, verifyAudit } from '@rackwarden/core/runtime'

const [directory = '', job = '', ...given] = process.argv.slice(2)
/** @type {Record<string, () => Promise<number>>} */
const jobs = {
  query: async () => {
    let found = 0
    for await (const _ of searchAudit(directory, { ...JSON.parse(given[0] ?? '{}'), ended: true })) {
      found += 1
      if (found === 50) break
    }
    return found
  },
  verify: async () => {
    const { lines, problems } = await verifyAudit(directory)
    if (problems.length > 0) throw new Error(`problems: ${JSON.stringify(problems.slice(0, 3))}`)
    return lines
  },
}

// Generous where nothing is collected while it runs; what counts is that it does not grow with the audit.
const began = performance.now()
const found = await jobs[job]?.()
console.log(JSON.stringify({ found, milliseconds: performance.now() - began, residentMegabytes: process.resourceUsage().maxRSS / 1024 }))
