import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { knownKeyTypes, parseKnownHosts, standingOf } from '../src/known-hosts.ts'

/** A key of a type, as SSH writes it. */
function keyOf(type = 'ssh-ed25519'): { blob: Buffer; text: string } {
  const name = Buffer.alloc(4 + type.length)
  name.writeUInt32BE(type.length)
  name.write(type, 4)
  const blob = Buffer.concat([name, generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' })])
  return { blob, text: `${type} ${blob.toString('base64')}` }
}

function hashed(name: string): string {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

const [one, two] = [keyOf(), keyOf()]
const nas = { host: 'nas.lan', port: 22 }
const standing = (text: string, host = nas, key = one.blob) => standingOf(parseKnownHosts(text), host, key)

describe('known_hosts', () => {
  test.for([
    ['nas.lan', nas],
    ['other,nas.lan,10.0.0.7', nas],
    ['NAS.lan', nas],
    ['nas.lan', { host: 'Nas.Lan', port: 22 }],
    ['*.lan', nas],
    ['n?s.lan', nas],
    ['*.lan,!web.lan', nas],
    [hashed('nas.lan'), nas],
    ['[nas.lan]:2222', { host: 'nas.lan', port: 2222 }],
    ['[*.lan]:2222', { host: 'nas.lan', port: 2222 }],
    [hashed('[nas.lan]:2222'), { host: 'nas.lan', port: 2222 }],
    // A key known on the usual port is known on any.
    ['nas.lan', { host: 'nas.lan', port: 2222 }],
    ['fd00::7', { host: 'fd00::7', port: 22 }],
    ['[fd00::7]:2222', { host: 'fd00::7', port: 2222 }],
  ] as const)('knows a host by %s', ([names, host]) => {
    expect(standing(`${names} ${one.text} a comment`, host)).toBe('known')
  })

  test.for([
    ['nas'],
    ['xnas.lan'],
    ['nas.lan.evil'],
    ['nas-lan'],
    ['[nas.lan]:2222'],
    ['*.lan,!nas.lan'],
    ['!nas.lan'],
    [hashed('web.lan')],
    ['|1|broken'],
    ['# nas.lan'],
    ['@cert-authority nas.lan'],
    ['@unheard-of nas.lan'],
  ])('does not know a host by %s', ([names]) => {
    expect(standing(`${names} ${one.text}`)).toBe('unknown')
    expect(standing(`${names} ${two.text}`)).toBe('unknown')
  })

  test('tells another key than the known one from no key', () => {
    expect(standing(`nas.lan ${two.text}`)).toBe('changed')
    expect(standing(`nas.lan ${two.text}\nnas.lan ${one.text}`)).toBe('known')
    expect(standing(`nas.lan ${keyOf('ssh-rsa').text}`)).toBe('changed')
    // What is known of the usual port says nothing of another key on another.
    expect(standing(`nas.lan ${two.text}`, { host: 'nas.lan', port: 2222 })).toBe('unknown')
  })

  test('revokes a key, whoever else vouches for it', () => {
    expect(standing(`nas.lan ${one.text}\n@revoked * ${one.text}`)).toBe('revoked')
    expect(standing(`nas.lan ${one.text}\n@revoked * ${two.text}`)).toBe('known')
    expect(standing(`@revoked nas.lan ${two.text}`)).toBe('unknown')
  })

  test('leaves out lines that hold no key of the type they name, however they are written', () => {
    const lines = [
      '',
      '   ',
      'nas.lan',
      'nas.lan ssh-ed25519',
      'nas.lan ssh-ed25519 AAAA',
      `nas.lan ssh-rsa ${one.text.split(' ')[1]}`,
      '\0',
      '@revoked',
    ]
    expect(parseKnownHosts(lines.join('\n'))).toEqual([])
    expect(standing(`${lines.join('\r\n')}\r\n\t nas.lan\t${one.text}\r\n`)).toBe('known')
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(standing(text)).toBe('unknown')
      }),
    )
  })

  test('says which types of key it has of a host, so that the host shows one of them', () => {
    const known = parseKnownHosts(
      `nas.lan ${keyOf('ssh-rsa').text}\n[nas.lan]:2222 ${one.text}\nweb.lan ${keyOf('ecdsa-sha2-nistp256').text}`,
    )
    expect(knownKeyTypes(known, nas)).toEqual(['ssh-rsa'])
    expect(knownKeyTypes(known, { host: 'nas.lan', port: 2222 })).toEqual(['ssh-ed25519'])
    expect(knownKeyTypes(known, { host: 'nas.lan', port: 2223 })).toEqual(['ssh-rsa'])
    expect(knownKeyTypes(known, { host: 'nobody', port: 22 })).toEqual([])
  })
})
