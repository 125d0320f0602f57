// Runs Bluesky's own server software (@atproto/dev-env) on loopback until its standard input ends. It says in one line of JSON where it is,
// makes the accounts named on the command line (each with the password "password"), and for every line that it reads waits until all that
// was written is indexed, and says so.
import readline from 'node:readline'
import { createRequire } from 'node:module'

const { TestNetwork } = createRequire(process.env.DEV_ENV + '/')('@atproto/dev-env')

async function account(pds, name) {
  const answer = await fetch(`${pds}/xrpc/com.atproto.server.createAccount`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ handle: `${name}.test`, email: `${name}@example.com`, password: 'password' }),
  })
  const made = await answer.json()
  if (!answer.ok) throw new Error(JSON.stringify(made))
  return made
}

const network = await TestNetwork.create({ pds: {}, bsky: {} })
const accounts = {}
for (const name of process.argv.slice(2)) {
  const { did, accessJwt } = await account(network.pds.url, name)
  accounts[name] = { did, token: accessJwt }
}
await network.processAll()
console.log(JSON.stringify({ ready: true, pds: network.pds.url, accounts }))
for await (const _ of readline.createInterface({ input: process.stdin })) {
  await network.processAll()
  console.log(JSON.stringify({ indexed: true }))
}
await network.close()
process.exit(0)
