import { expect, test } from 'vitest'
import { entranceOf } from '../src/http/entrance.ts'

const file = {
  publicUrl: 'https://home.example:8443/lab',
  address: '0.0.0.0:3010',
  allowedHosts: ['rackwarden'],
  allowedOrigins: ['https://chat.example'],
  trustProxy: ['loopback'],
}

test('flag, environment and file add up to the names that are allowed, those of the public address included', () => {
  const variables = { RACKWARDEN_ALLOWED_HOSTS: 'nas.lan, ,nas', RACKWARDEN_ALLOWED_ORIGINS: 'https://nas.lan' }
  expect(entranceOf({ allowHost: ['flag.lan'], allowOrigin: ['https://flag.lan'] }, variables, file)).toMatchObject({
    localUrl: 'http://127.0.0.1:3010',
    publicUrl: 'https://home.example:8443/lab',
    isPublic: true,
    allowHosts: ['flag.lan', 'nas.lan', 'nas', 'rackwarden', 'home.example:8443'],
    allowOrigins: ['https://flag.lan', 'https://nas.lan', 'https://chat.example', 'https://home.example:8443'],
    trustProxy: ['loopback'],
  })
})

test.each([
  ['the flag', { http: '127.0.0.1:1' }, { RACKWARDEN_HTTP: '127.0.0.1:2' }, file, '127.0.0.1', 1],
  ['the environment', { http: true as const }, { RACKWARDEN_HTTP: '127.0.0.1:2' }, file, '127.0.0.1', 2],
  ['the file', { http: true as const }, {}, file, '0.0.0.0', 3010],
  ['the default', { http: true as const }, {}, undefined, '127.0.0.1', 3005],
])('%s says where to listen', (_, flags, environment, configured, host, port) => {
  expect(entranceOf(flags, environment, configured).listening).toEqual({ host, port })
})

test('this machine reaches it where it listens', () => {
  const urlOf = (http: string) => entranceOf({ http }, {}).localUrl
  expect(urlOf('0.0.0.0:80')).toBe('http://127.0.0.1:80')
  expect(urlOf('[::]:81')).toBe('http://[::1]:81')
  expect(urlOf('10.0.0.4')).toBe('http://10.0.0.4:3005')
})

test.each(['http://127.0.0.1:8080/lab', 'http://[::1]', 'https://localhost'])('%s is public to nobody', (publicUrl) => {
  expect(entranceOf({}, {}, { ...file, publicUrl }).isPublic).toBe(false)
})
