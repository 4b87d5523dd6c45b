#!/usr/bin/env node
'use strict'
// Runs the bundle beside it through a V8 code cache, made on the first run in the user's cache directory.
const fs = require('fs')
const path = require('path')
const vm = require('vm')
const zlib = require('zlib')

// The bundler fills these in: the directory of the bundle, and a hash of each file's content.
const directory = path.join(__dirname, '__DIRECTORY__')
const hashes = __HASHES__

const cacheDirectory = findCacheDirectory()
const modules = new Map()
const unsaved = []
requireFrom.resolve = require.resolve
requireFrom.defer = defer
requireFrom.importModule = (id) => import(id)
load('main.cjs')

function load(name) {
  const known = modules.get(name)
  if (known !== undefined) return known.exports
  const filename = path.join(directory, name)
  const module = { exports: {}, filename }
  modules.set(name, module)
  const script = compile(name, filename)
  try {
    script.runInThisContext().call(module.exports, module.exports, requireFrom, module, filename, directory)
  } catch (error) {
    modules.delete(name)
    throw error
  }
  return module.exports
}

function requireFrom(id) {
  return id.startsWith('./') ? load(id.slice(2)) : require(id)
}

// As with `import defer`: a module that is imported is evaluated when something of it is first used, and never if
// nothing is. Modules of a bundle have no effect by being imported, and most of Node's own are not needed to answer.
function defer(id) {
  const evaluated = {
    get(_target, name) {
      const whole = requireFrom(id)
      Object.defineProperties(names, Object.getOwnPropertyDescriptors(whole))
      return whole[name]
    },
  }
  const names = Object.create(new Proxy(Object.prototype, evaluated))
  return names
}

function compile(name, filename) {
  const cacheFile = cacheDirectory && path.join(cacheDirectory, `${hashes[name]}-${process.version}-${process.arch}`)
  const cachedData = cacheFile && readCache(cacheFile)
  // The bundler writes ASCII only.
  const source = `(function (exports, require, module, __filename, __dirname) {${fs.readFileSync(filename, 'latin1')}\n})`
  const script = new vm.Script(source, { filename, cachedData })
  if (cacheFile && (cachedData === undefined || script.cachedDataRejected)) {
    // Late enough to hold what was compiled lazily; a process that ends sooner saves as it ends.
    if (unsaved.length === 0) setTimeout(save, 1000).unref()
    if (unsaved.push({ script, cacheFile }) === 1) process.once('exit', save)
  }
  return script
}

function findCacheDirectory() {
  const { XDG_CACHE_HOME, HOME } = process.env
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return path.join(XDG_CACHE_HOME, 'rackwarden')
  return HOME && path.isAbsolute(HOME) ? path.join(HOME, '.cache', 'rackwarden') : undefined
}

// A code cache is code: one that somebody else could have written is not used. V8 itself dies of one that a power cut
// or a bad disk left damaged, so a checksum stands behind it.
function readCache(file) {
  let descriptor
  try {
    descriptor = fs.openSync(file, 'r')
    const { uid, mode } = fs.fstatSync(descriptor)
    const foreign = process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)
    if (foreign) return undefined
    const bytes = fs.readFileSync(descriptor)
    const end = bytes.length - 4
    return end > 0 && bytes.readUInt32LE(end) === zlib.crc32(bytes.subarray(0, end)) ? bytes.subarray(0, end) : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor)
  }
}

function save() {
  process.removeListener('exit', save)
  makeCacheDirectory()
  for (const { script, cacheFile } of unsaved.splice(0)) {
    const temporary = `${cacheFile}.${process.pid}`
    try {
      const data = script.createCachedData()
      const checksum = Buffer.alloc(4)
      checksum.writeUInt32LE(zlib.crc32(data))
      fs.writeFileSync(temporary, Buffer.concat([data, checksum]), { mode: 0o600, flag: 'wx' })
      fs.renameSync(temporary, cacheFile)
    } catch {
      // A start without a cache is only slower.
      fs.rm(temporary, { force: true }, () => {})
    }
  }
  removeStale()
}

// Not recursively: where a file system takes no new names (proc), Node would try for ever.
function makeCacheDirectory() {
  for (const wanted of [path.dirname(cacheDirectory), cacheDirectory]) {
    try {
      fs.mkdirSync(wanted, { mode: 0o700 })
    } catch {
      // It is there already, or there will be no cache.
    }
  }
}

function removeStale() {
  const limit = Date.now() - 60 * 24 * 60 * 60 * 1000
  try {
    for (const name of fs.readdirSync(cacheDirectory)) {
      const file = path.join(cacheDirectory, name)
      if (fs.statSync(file).mtimeMs < limit) fs.rmSync(file, { force: true })
    }
  } catch {
    // Nothing to remove, or not ours to remove.
  }
}
