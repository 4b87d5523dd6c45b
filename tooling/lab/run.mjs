import { existsSync } from 'node:fs'

const cli = new URL('dist/cli.js', import.meta.url)
if (existsSync(cli)) await import(cli.href)
else {
  console.error('The lab is not built yet: run `npm run build` first.')
  process.exitCode = 1
}
