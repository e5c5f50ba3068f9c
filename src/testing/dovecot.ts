import { spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A mailbox on a real IMAP server, Debian's dovecot, on a port of its own. */
export interface Dovecot extends AsyncDisposable {
  port: number
  username: string
  password: string
  /** Puts a mail into the mailbox as its server would. */
  deliver: (raw: string) => Promise<void>
  /** Makes the mailbox anew: the numbers of its mails mean something else from then on. */
  renumber: () => Promise<void>
}

const nobody = 1_000 // any user that is not root
const patienceMs = 10_000

/** Starts it in a folder of its own; `scripts/debian.mjs` installs it. */
export async function startDovecot(options: { certificate?: { cert: string; key: string } } = {}): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'tellback-imap-'))
  await chmod(folder, 0o755)
  const [port, mail] = [await freePort(), join(folder, 'mail')]
  for (const name of ['cur', 'new', 'tmp']) {
    await mkdir(join(mail, name), { recursive: true })
  }
  const { username: owner, uid, gid } = userInfo()
  // It reads no mail as root, whatever it is told.
  const reader = uid === 0 ? { uid: nobody, gid: nobody } : { uid, gid }
  const tls = options.certificate
  if (tls !== undefined) {
    await writeFile(join(folder, 'cert.pem'), tls.cert)
    await writeFile(join(folder, 'key.pem'), tls.key)
  }
  const internal = uid === 0 ? '' : `default_internal_user = ${owner}\ndefault_login_user = ${owner}\n`
  await writeFile(
    join(folder, 'dovecot.conf'),
    `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = ${tls === undefined ? 'no' : 'required'}
${tls === undefined ? '' : `ssl_cert = <${folder}/cert.pem\nssl_key = <${folder}/key.pem`}
disable_plaintext_auth = no
mail_location = maildir:${mail}
first_valid_uid = 1
first_valid_gid = 1
${internal}passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${reader.uid} gid=${reader.gid} home=${folder}
}
service imap-login {
  ${uid === 0 ? '' : 'chroot ='}
  inet_listener imap {
    port = ${tls === undefined ? port : 0}
  }
  inet_listener imaps {
    port = ${tls === undefined ? 0 : port}
    ssl = yes
  }
}
`,
  )
  if (uid === 0) {
    for (const name of ['', 'cur', 'new', 'tmp']) {
      await chown(join(mail, name), reader.uid, reader.gid)
    }
  }
  const server = spawn('/usr/sbin/dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' })
  await listening(port)
  let count = 0
  return {
    port,
    username: 'support@shop.example',
    password: 'secret',
    deliver: async (raw) => {
      count += 1
      const file = join(mail, 'new', `${Date.now()}.${count}.test`)
      await writeFile(file, raw, { mode: 0o644 })
      await chown(file, reader.uid, reader.gid)
    },
    renumber: async () => {
      await rm(join(mail, 'dovecot-uidlist'), { force: true })
      for (const name of ['dovecot.index', 'dovecot.index.log', 'dovecot.index.cache', 'dovecot-uidvalidity']) {
        await rm(join(mail, name), { force: true })
      }
      await sleep(1_100) // the validity is the time in seconds
    },
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGTERM')
      await new Promise((resolve) => server.once('exit', resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isThere) {
      return
    }
    if (Date.now() > deadline) {
      throw new Error('dovecot did not start')
    }
    await sleep(50)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}
