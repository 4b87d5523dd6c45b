import { readFileSync } from 'node:fs'

/** @type {Record<string, { packages: string[] }>} */
const components = JSON.parse(readFileSync(new URL('components.json', import.meta.url), 'utf8'))
console.log([...new Set(Object.values(components).flatMap((component) => component.packages))].join('\n'))
