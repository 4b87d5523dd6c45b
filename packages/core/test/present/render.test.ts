import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderOutput } from '../../src/present/render.ts'

test('a list of rows is a compact table after the lines of what stands beside it', () => {
  expect(
    renderOutput({
      containers: [
        { name: 'web', state: 'running', ports: [80, 443], labels: { team: 'a' }, exit_code: null, note: '' },
        { name: 'db', state: 'exited', ports: [], labels: { team: 'b' }, exit_code: 0, note: '' },
      ],
      total: 2,
      next_cursor: 'abc',
      missing: undefined,
    }),
  ).toMatchInlineSnapshot(`
    "total: 2
    next_cursor: abc
    name | state | ports | labels.team | exit_code
    web | running | 80, 443 | a | -
    db | exited | - | b | 0"
  `)
})

test('records are lines, nested ones with their path', () => {
  expect(
    renderOutput({
      id: 'x',
      host: { name: 'nas', cpu: { cores: 4 } },
      tags: ['a', 'b'],
      up: true,
      gone: null,
      empty: '',
      none: [],
      text: 'one\ntwo',
    }),
  ).toMatchInlineSnapshot(`
    "id: x
    host.name: nas
    host.cpu.cores: 4
    tags: a, b
    up: true
    empty: -
    none: none
    text:
    one
    two"
  `)
})

test('several lists are named', () => {
  expect(renderOutput({ images: [{ id: 1 }], volumes: [{ name: 'v' }, { name: 'w', size: 3 }] })).toMatchInlineSnapshot(`
    "images:
    id
    1
    volumes:
    name | size
    v | -
    w | 3"
  `)
})

test('cells with the separator, line breaks or records of their own stay unambiguous', () => {
  expect(
    renderOutput([
      { name: 'a | b', text: 'one\r\ntwo', mounts: [{ from: '/a', to: '/b' }, { from: '/c' }], nested: [[1, 2], [3]] },
      { name: 'c', text: '', mounts: [{ options: ['ro', 'z'], at: { path: '/x' } }] },
    ]),
  ).toMatchInlineSnapshot(`
    "name | text | mounts | nested
    a \\| b | one\\ntwo | from=/a to=/b; from=/c | 1, 2, 3
    c | - | options=(ro, z) at=(path=/x) | -"
  `)
})

test.each([
  [undefined, 'none'],
  [null, 'none'],
  [{}, 'none'],
  [[], 'none'],
  [{ a: null }, 'none'],
  [{ containers: [] }, 'containers: none'],
  ['text', 'text'],
  [3, '3'],
  [false, 'false'],
  [['a', 'b'], 'a, b'],
  [[{}, {}], '2 empty'],
])('%j reads %j', (output, expected) => {
  expect(renderOutput(output)).toBe(expected)
})

test('every row of a table has as many cells as its header', () => {
  const cell = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string(), { maxLength: 3 }))
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string({ minLength: 1 }), cell, { minKeys: 1 }), { minLength: 1, maxLength: 8 }), (rows) => {
      const lines = renderOutput(rows).split('\n')
      const widths = new Set(lines.map((line) => line.split(' | ').length))
      expect(lines.length === rows.length + 1 || lines[0] === `${rows.length} empty`).toBe(true)
      expect(widths.size).toBe(1)
    }),
  )
})
