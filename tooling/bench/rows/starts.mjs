import { bins, certificateBundle, serverFile } from '../measure/bench-environment.mjs'
import { inTurn } from '../measure/load.mjs'
import { stdioPeers } from '../measure/stdio-peers.mjs'
import { askOverStdio, timeToEnd } from '../measure/stdio-start.mjs'

/**
 * Cold starts over stdio to the listed tools, beside a Node that runs nothing: first as a user's machine has it, then
 * with a certificate bundle in NODE_EXTRA_CA_CERTS, which Node reads at every start, and by which the budgets were set.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureStarts(bench) {
  await measureIn(bench, bench.env, 'node -e 0')
  const bundle = certificateBundle()
  if (bundle === undefined) bench.skip('starts with NODE_EXTRA_CA_CERTS', 'there is no certificate bundle on this machine')
  else await measureIn(bench, { ...bench.env, NODE_EXTRA_CA_CERTS: bundle }, 'node -e 0, with NODE_EXTRA_CA_CERTS')
}

/**
 * @param {import('../bench.mjs').Bench} bench
 * @param {NodeJS.ProcessEnv} env
 * @param {string} reference
 */
async function measureIn({ add, attempt, peers, quick }, env, reference) {
  const plain = env['NODE_EXTRA_CA_CERTS'] === undefined
  const wanted = [
    ...Object.entries(bins).map(([name, bin]) => ({ name, args: [bin], env: {}, own: true })),
    { name: 'floor, one file', args: [serverFile('floor-stdio.mjs')], env: {}, own: false },
    { name: 'SDK v2, not bundled', args: [serverFile('sdk-v2-stdio.mjs')], env: {}, own: false },
    ...(plain ? stdioPeers(peers).map((peer) => ({ ...peer, own: false })) : []),
  ]
  const bare = { name: 'node -e 0', args: ['-e', '0'], env: {}, own: false }
  /** @type {typeof wanted} */
  const programs = []
  for (const program of wanted)
    await attempt(`start of ${program.name}`, async () => {
      // The first start of a program writes its code cache.
      await askOverStdio(program.args, { ...env, ...program.env })
      programs.push(program)
    })
  const times = await inTurn([bare, ...programs], quick ? 3 : 20, async (program) =>
    program === bare ? timeToEnd(bare.args, env) : (await askOverStdio(program.args, { ...env, ...program.env })).startMs,
  )
  const best = (/** @type {typeof bare} */ program) => Math.min(...(times.get(program) ?? []))
  for (const program of programs) {
    const figure = !program.own ? 'start.other' : program.name === 'hub' ? 'start.hub' : 'start.service'
    add(figure, { subject: program.name, value: best(program), reference, referenceValue: best(bare), judged: program.own && !plain })
  }
}
