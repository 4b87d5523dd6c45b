/** How the approval page looks: large enough for a thumb, in the colours the phone prefers. */
export const approvalStyle = `
:root { color-scheme: light dark; --edge: #8886; --yes: #1a6b36; --no: #9c2a24; --beware: #8a5300 }
@media (prefers-color-scheme: dark) { :root { --yes: #2c8a4c; --no: #b53f38; --beware: #e6a940 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 40rem; font: 1.0625rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1rem; margin: 0; opacity: .75 }
h2 { font-size: .9375rem; margin: 1.25rem 0 .25rem; opacity: .75 }
bdi, pre, li { unicode-bidi: isolate }
.summary { font-size: 1.375rem; font-weight: 600; margin: .25rem 0 1rem }
dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: .25rem .75rem }
dt { opacity: .75 }
dd { margin: 0 }
ul { margin: 0; padding-left: 1.25rem }
pre { margin: 0; padding: .625rem; border: 1px solid var(--edge); border-radius: .5rem; white-space: pre-wrap; font: .875rem/1.4 ui-monospace, monospace }
.beware, .wrong { border-left: .3rem solid var(--beware); padding: .25rem .75rem; margin: 1rem 0 }
.wrong { border-color: var(--no); font-weight: 600 }
form { margin: 1.5rem 0 0; padding-top: .5rem; border-top: 1px solid var(--edge) }
label { display: block; margin: .75rem 0 .25rem }
input { width: 100%; min-height: 3rem; padding: .5rem .75rem; font: inherit; border: 1px solid var(--edge); border-radius: .5rem }
button { width: 100%; min-height: 3.25rem; margin-top: 1rem; font: inherit; font-weight: 600; color: #fff; border: 0; border-radius: .5rem }
.yes { background: var(--yes) }
.no { background: var(--no) }
small { display: block; margin-top: 1rem; opacity: .75 }
`
