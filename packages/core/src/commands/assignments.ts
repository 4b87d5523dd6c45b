import type { Assignment } from './shell/reader.ts'
import { ask, type Opinion } from './verdict.ts'

/** Variables a program may be given without becoming another program. */
const harmless =
  /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|DEBIAN_FRONTEND|NO_COLOR|FORCE_COLOR|CLICOLOR|TERM|COLUMNS|LINES|SYSTEMD_COLORS|NEEDRESTART_MODE)$/

/** Variables a shell and what it starts are steered by. */
const steering =
  /^(?:PATH|IFS|ENV|CDPATH|HOME|SHELL|SHELLOPTS|BASHOPTS|FPATH|GLOBIGNORE|PROMPT_COMMAND|PS[0-4]|OPTIND|HIST\w*|BASH\w*|LD_\w+|DYLD_\w+|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_\w+|TMPDIR|EDITOR|VISUAL|PAGER|MANPAGER|BROWSER|LESS\w*|GIT_\w+|PYTHON\w*|PERL\w*|RUBY\w*|NODE_\w+|JAVA_\w+|JDK_\w+|_JAVA_OPTIONS|LUA_\w+|PHP\w*|GO\w+|AWK\w*|TAR_OPTIONS|ZIPOPT|UNZIP\w*|GZIP|XZ_\w+|BZIP2?|ZSTD\w*|RSYNC_\w+|SSH_\w+|DOCKER_\w+|CONTAINER_\w+|COMPOSE_\w+|KUBE\w*|LIBVIRT\w*|VIRSH_\w+|APT_\w+|DPKG_\w+|SYSTEMD_\w+|DBUS_\w+|XDG_\w+|OPENSSL_\w+|CURL_\w+|WGETRC|SUDO_\w+|GREP_OPTIONS|RACKWARDEN_\w+|TERMINFO\w*|LS_\w+|\w*_(?:PRELOAD|LIBRARY_PATH|OPTIONS|OPTS|RC|CONFIG)|\w*PROXY|\w*_proxy)$/

/** What to say of a variable a program is given. */
export function judgeEnvironment({ name }: Assignment): Opinion {
  return harmless.test(name) ? undefined : ask(`sets ${name.slice(0, 64)}, which may make a program do something else`)
}

/** What to say of a variable of the shell itself. */
export function judgeVariable({ name, value }: Assignment): Opinion {
  // Bash runs what it finds in a subscript, wherever it takes a value for a name.
  if (/\[.*[$`]/s.test(value.text)) return ask('keeps code in a variable')
  return steering.test(name) && !harmless.test(name) ? ask(`sets ${name}, by which shells and programs find what they run`) : undefined
}
