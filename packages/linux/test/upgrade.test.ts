import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseSections } from '../src/sections.ts'
import { aptFailure, foretoldOf } from '../src/upgrade.ts'

function printed(sections: Record<string, string>) {
  const text = [...Object.entries(sections), ['end', '']].map(([name, content]) => `\n:: ${name}\n${content}\n`).join('')
  const found = parseSections(text, '::')
  if (found === undefined) throw new Error('the text does not come to its end')
  return found
}

const dryRun = readFileSync(new URL('fixtures/apt-dry-run.txt', import.meta.url), 'utf8')

test('what apt foretells is read package by package: upgraded, new, of another architecture, removed, held back', () => {
  const foretold = foretoldOf(printed({ 'foretold:apt': dryRun, 'foretold:digest': '4711 12\n', 'foretold:code': '0\n' }))
  expect(foretold).toEqual({
    installs: [
      { package: 'libc6', from: '2.36-9+deb12u9', to: '2.36-9+deb12u13' },
      { package: 'libc6:i386', from: '2.36-9+deb12u9', to: '2.36-9+deb12u13' },
      { package: 'linux-image-6.1.0-40-amd64', to: '6.1.153-1' },
      { package: 'openssl', from: '1:3.0.15-1~deb12u1', to: '1:3.0.17-1~deb12u2' },
    ],
    removes: [{ package: 'rw-match', from: '1.0' }],
    held: ['samba', 'samba-common', 'samba-libs'],
    digest: '4711 12',
  })
})

test('a host whose manager foretells nothing exactly is refused by its name, and one without any is told as that', () => {
  for (const manager of ['dnf', 'pacman', 'apk'])
    expect(() => foretoldOf(printed({ 'foretold:other': `${manager}\n` }))).toThrow(`this host has ${manager}`)
  expect(() => foretoldOf(printed({}))).toThrow(/no package manager/)
})

test.each([
  ['conflict', 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt-get)'],
  ['conflict', "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem."],
  ['conflict', 'E: Unmet dependencies. Try apt --fix-broken install with no packages (or specify a solution).'],
  ['upstream', 'E: Failed to fetch http://deb.lan/pool/a.deb  404  Not Found'],
  ['upstream', 'E: Sub-process /usr/bin/dpkg returned an error code (1)'],
])('what apt complains of is a %s: %s', (code, line) => {
  expect(aptFailure(['Reading package lists...', line])).toMatchObject({ code, message: expect.stringContaining(line.slice(3, 30)) })
})
