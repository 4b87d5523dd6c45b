import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { parseHost, parseSshUrl } from '../src/address.ts'

const local = userInfo().username

test.for([
  ['ssh://ops@nas', { user: 'ops', host: 'nas', port: 22, name: 'nas:22', socketPath: undefined }],
  ['ssh://nas/', { user: local, host: 'nas', port: 22, name: 'nas:22', socketPath: undefined }],
  [
    'SSH://ops@nas.lan:2222/run/docker.sock',
    { user: 'ops', host: 'nas.lan', port: 2222, name: 'nas.lan:2222', socketPath: '/run/docker.sock' },
  ],
  ['ssh://ops@[fd00::7]:22', { user: 'ops', host: 'fd00::7', port: 22, name: '[fd00::7]:22', socketPath: undefined }],
  ['ssh://me%40corp@nas_1/a%20b', { user: 'me@corp', host: 'nas_1', port: 22, name: 'nas_1:22', socketPath: '/a b' }],
] as const)('%s is understood', ([url, address]) => {
  expect(parseSshUrl(url)).toEqual(address)
})

test.for([
  'nas',
  'http://nas',
  'ssh://',
  'ssh://ops@',
  'ssh:ops@nas',
  'ssh://ops@-oProxyCommand=x',
  'ssh://nas:99999',
  'ssh://nas/%zz',
  'ssh://a b',
])('%s is refused as an address', (url) => {
  expect(() => parseSshUrl(url)).toThrow(expect.objectContaining({ code: 'invalid_config' }))
})

test('a password in an address is refused without being repeated', () => {
  expect(() => parseSshUrl('ssh://ops:orchid-77@nas')).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: 'url holds a password.', hint: expect.stringContaining('sshPassword') }),
  )
})

test('a jump host is one host, with or without user, port and scheme', () => {
  expect(parseHost('ops@bastion:2222')).toEqual({ user: 'ops', host: 'bastion', port: 2222, name: 'bastion:2222' })
  expect(parseHost('ssh://ops@bastion')).toMatchObject({ user: 'ops', host: 'bastion', port: 22 })
  expect(parseHost('bastion')).toMatchObject({ user: local, host: 'bastion' })
  for (const text of ['', 'a,b', 'bastion/path', 'ops@'])
    expect(() => parseHost(text)).toThrow(expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining('sshJump') }))
})
