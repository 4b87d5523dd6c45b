import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { searchPath } from './component.ts'

const blockSize = 512

/** A root file system as a tar archive: the static busybox, a link for each of its applets, and an empty `/tmp`. */
export function busyboxArchive(): Buffer {
  const applets = execFileSync('busybox', ['--list'], { encoding: 'utf8', env: { PATH: searchPath() } })
    .split('\n')
    .filter((applet) => applet !== '' && applet !== 'busybox')
  return Buffer.concat([
    entry({ name: 'bin/', mode: 0o755, kind: '5' }),
    entry({ name: 'etc/', mode: 0o755, kind: '5' }),
    entry({ name: 'tmp/', mode: 0o1777, kind: '5' }),
    entry({ name: 'etc/passwd', mode: 0o644, kind: '0', content: Buffer.from('root:x:0:0:root:/:/bin/sh\n') }),
    entry({ name: 'bin/busybox', mode: 0o755, kind: '0', content: readBusybox() }),
    ...applets.map((applet) => entry({ name: `bin/${applet}`, mode: 0o777, kind: '2', link: 'busybox' })),
    Buffer.alloc(2 * blockSize),
  ])
}

function readBusybox(): Buffer {
  for (const directory of searchPath().split(delimiter)) {
    try {
      return readFileSync(join(directory, 'busybox'))
    } catch {
      continue
    }
  }
  throw new Error('busybox is not on PATH')
}

interface Entry {
  name: string
  mode: number
  /** ustar: '0' a file, '2' a symbolic link, '5' a directory. */
  kind: '0' | '2' | '5'
  content?: Buffer
  link?: string
}

function entry({ name, mode, kind, content = Buffer.alloc(0), link = '' }: Entry): Buffer {
  const header = Buffer.alloc(blockSize)
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0') + '\0'
  header.write(name, 0)
  header.write(octal(mode, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(content.length, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(' '.repeat(8), 148)
  header.write(kind, 156)
  header.write(link, 157)
  header.write('ustar\u000000', 257)
  const checksum = header.reduce((sum, byte) => sum + byte, 0)
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize)
  return Buffer.concat([header, content, padding])
}
