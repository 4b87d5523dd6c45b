import type { Judge, Rules } from '../call.ts'
import { asks, each, reads, risky, verbs } from '../judges.ts'
import { ask } from '../verdict.ts'

const removes = 'takes packages away'
const installs = 'changes which packages are installed'

/** `-o` names programs that run before and after; what may be an option is not known. */
const steered: Judge = ({ words }) =>
  words.some(({ text, splits }) => splits || /^(?:\0|-[a-zA-Z]*[oc]|--option|--config|--o|--con)/.test(text))
    ? ask('is given settings that can run a program')
    : undefined

const otherRoot: Judge = risky({
  ask: {
    '--setopt -c --config --installroot --repofrompath --enableplugin --root -R --reposd-dir --keys-dir -p --repository -X':
      'is given settings that can run a program',
  },
})

/** Packages. */
export const packages: Rules = {
  ...each(
    'apt apt-get',
    verbs({
      options: '-q -qq -y -s --quiet --yes --simulate --dry-run --assume-yes --no-install-recommends -qy -yq -qqy -t:',
      allow: 'update list show search policy depends rdepends check changelog madison showsrc download',
      ask: {
        'remove purge autoremove autopurge': removes,
        'install reinstall upgrade dist-upgrade full-upgrade build-dep source dselect-upgrade edit-sources clean autoclean satisfy':
          installs,
      },
      risky: steered,
    }),
  ),
  'apt-cache': verbs({ allow: 'show search policy depends rdepends madison pkgnames stats showpkg', risky: steered }),
  'apt-mark': verbs({ allow: 'showhold showmanual showauto', ask: { 'hold unhold auto manual': installs } }),
  ...each(
    'apt-key add-apt-repository aptitude tasksel unattended-upgrade unattended-upgrades dpkg-reconfigure update-alternatives dpkg-divert debconf-set-selections',
    asks(installs),
  ),
  'apt-file': verbs({ allow: 'search list' }),
  dpkg: ({ words }) =>
    words.every(
      ({ text, splits }) =>
        !splits &&
        /^(?:-l|-L|-s|-S|-p|-C|--list|--listfiles|--status|--search|--print-architecture|--audit|--get-selections|--version|--verify|-V|[^-\0].*)$/.test(
          text,
        ),
    ) && words[0]?.text.startsWith('-')
      ? undefined
      : ask(installs),
  ...each(
    'dnf yum microdnf',
    verbs({
      risky: otherRoot,
      options: '-q -y -C --quiet',
      allow: 'list info search check-update repolist history.list provides deplist updateinfo',
      ask: {
        'remove erase autoremove': removes,
        'install update upgrade downgrade reinstall distro-sync swap groupinstall clean module': installs,
      },
    }),
  ),
  rpm: ({ words }) =>
    /^(?:-q[a-z]*|-V[a-z]*|--query|--verify)$/.test(words[0]?.text ?? '') &&
    words.every(({ text }) => !/pipe|define|eval|macros|rcfile|load|predefine|^-E/.test(text) && !text.includes('\0'))
      ? undefined
      : ask(installs),
  apk: verbs({
    risky: otherRoot,
    options: '-q',
    allow: 'update list info search policy version stats',
    ask: { 'del fix': removes, 'add upgrade cache': installs },
  }),
  pacman: ({ words }) =>
    /^-(?:Q[a-z]*|Ss|Si|Sl|F)$/.test(words[0]?.text ?? '') &&
    words.slice(1).every(({ text }) => /^[\w@.+-]*$/.test(text) && !text.startsWith('-'))
      ? undefined
      : ask(installs),
  zypper: verbs({
    risky: otherRoot,
    options: '-q -n',
    allow: 'list-updates lu search se info packages lr repos',
    ask: { 'remove rm': removes, 'install in update up dup patch': installs },
  }),
  snap: verbs({ allow: 'list info find version changes', ask: { remove: removes, 'install refresh revert disable enable set': installs } }),
  flatpak: verbs({ allow: 'list info search remotes', ask: { 'uninstall remove': removes, 'install update': installs } }),
  ...each('pveupdate pveupgrade do-release-upgrade', asks(installs)),
  pveam: verbs({ allow: 'available list update', ask: { 'download remove': 'changes which templates are kept' } }),
  needrestart: ({ words }) =>
    words.every(({ text }) => /^(?:-b|-r|l|-rl|-k|-l|-p)$/.test(text)) && words.some(({ text }) => text === '-b' || text === '-rl')
      ? undefined
      : ask('restarts services'),
  'apt-listchanges': reads,
}
