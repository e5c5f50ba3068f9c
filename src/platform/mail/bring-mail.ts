import nodemailer from 'nodemailer'

const patienceMs = 10_000

/** Brings a mail as it travels to a server, as another server would. Resolves to what it answered; rejects when it was not taken. */
export async function bringMail(server: { host: string; port: number }, to: string, raw: string): Promise<string> {
  const transport = nodemailer.createTransport({
    ...server,
    tls: { rejectUnauthorized: false }, // a server's own certificate names its public address, not this one
    connectionTimeout: patienceMs,
    socketTimeout: patienceMs,
  })
  const { response } = await transport.sendMail({ envelope: { from: '', to }, raw })
  return response
}
