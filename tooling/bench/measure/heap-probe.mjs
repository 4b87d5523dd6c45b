// Loaded into a measured server before its own code: tells its heap on stderr when asked with a signal.
process.on('SIGUSR2', () => {
  // What is only held weakly takes a second turn to go.
  globalThis.gc?.()
  setImmediate(() => {
    globalThis.gc?.()
    process.stderr.write(`heap ${process.memoryUsage().heapUsed}\n`)
  })
})
