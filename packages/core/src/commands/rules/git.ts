import type { Rules } from '../call.ts'
import { risky, verbs } from '../judges.ts'

/** Options by which git starts other programs, or writes elsewhere. */
const steered = risky({
  values: 'nSGLUMBl',
  ask: {
    '-c -C -O --ext-diff --textconv --filters --output --upload-pack --receive-pack --exec --open-files-in-pager --config --config-env --exec-path --git-dir --work-tree --no-index':
      'is given settings that can run a program',
  },
})

/** git reads as long as nothing makes it start another program. */
export const git: Rules = {
  git: verbs({
    options: '--no-pager -P',
    allow:
      'status log show diff rev-parse describe ls-files shortlog blame cat-file reflog.show remote.-v stash.list tag.-l branch.--show-current ls-tree rev-list version whatchanged count-objects',
    ask: {
      'clone pull fetch push checkout switch restore merge rebase commit add reset clean stash config submodule worktree apply am cherry-pick revert init gc prune filter-branch bisect alias hook maintenance remote branch tag rm mv grep archive bundle':
        'changes a repository, or runs what its configuration says',
    },
    risky: steered,
  }),
}
