// The peer: ltijs with its Sequelize plug-in on PostgreSQL, used as its documentation says, nothing taken away.
// Arguments: PORT DATABASE_URL PLATFORM_URL CLIENT_ID
const path = require('path')
const lti = require('ltijs').Provider
const Database = require('ltijs-sequelize')

const [port, database, platform, clientId] = process.argv.slice(2)
const url = new URL(database)

const plugin = new Database(url.pathname.slice(1), url.username, url.password || null, {
  host: url.hostname, port: url.port, dialect: 'postgres', logging: false
})

async function main () {
  lti.setup('a secret for the benchmark only, long enough', { plugin }, {
    appRoute: '/', loginRoute: '/login', keysetRoute: '/keys',
    cookies: { secure: false, sameSite: '' }, devMode: false, tokenMaxAge: 60, staticPath: path.join(__dirname, 'none')
  })
  lti.onConnect((token, request, response) => response.send('launched'))
  await lti.deploy({ port: Number(port), silent: true })
  await lti.registerPlatform({
    url: platform, name: 'bench', clientId, authenticationEndpoint: platform + '/auth',
    accesstokenEndpoint: platform + '/token', authConfig: { method: 'JWK_SET', key: platform + '/jwks.json' }
  })
  console.log('ready')
}

main().catch(error => { console.error(error); process.exit(1) })
