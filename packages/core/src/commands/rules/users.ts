import type { Rules } from '../call.ts'
import { asks, each } from '../judges.ts'

/** Users and their rights. */
export const users: Rules = {
  ...each('userdel deluser groupdel delgroup', asks('takes a user or a group away')),
  ...each(
    'useradd adduser groupadd addgroup usermod groupmod gpasswd passwd chpasswd chage vipw vigr pwconv newusers chsh chfn faillock pam-auth-update visudo sudoedit',
    asks('changes who may do what on this host'),
  ),
  ...each('ssh-keygen ssh-copy-id ssh-add ssh-agent sshd gpg gpg2 certbot update-ca-certificates keyctl', asks('works on keys')),
  ...each(
    'setenforce semanage setsebool aa-disable aa-complain aa-teardown apparmor_parser auditctl',
    asks('changes what guards this host'),
  ),
  getenforce: () => undefined,
}
