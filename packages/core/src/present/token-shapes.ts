/** A token that is known by how it begins and what follows. */
export interface TokenShape {
  readonly start: string
  /** What follows, from there on. */
  readonly rest: RegExp
}

/** Beginnings, and what follows any of them; each bounded, so that no text takes longer than its length. */
const table: readonly (readonly [starts: string, rest: string])[] = [
  // GitHub, GitLab, Docker, npm, PyPI, RubyGems, crates.io, NuGet, Hugging Face
  // An installation's token of GitHub is a number and a JSON web token since 2026
  ['ghp_ gho_ ghu_ ghs_ ghr_', String.raw`(?:\w{1,40}_eyJ[\w-]{8,2048}\.[\w-]{8,16384}\.[\w-]{0,2048}|[A-Za-z0-9]{30,255})`],
  ['github_pat_', String.raw`\w{22,255}`],
  [
    'glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- GR1348941',
    String.raw`[\w-]{20,300}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7})?`,
  ],
  ['dckr_pat_ dckr_oat_', String.raw`[\w-]{20,255}`],
  ['npm_', String.raw`[A-Za-z0-9]{36}(?!\w)`],
  ['pypi-AgE', String.raw`[\w-]{50,1000}`],
  ['rubygems_', String.raw`[a-f0-9]{48}`],
  ['hf_ api_org_', String.raw`[A-Za-z0-9]{34}(?!\w)`],
  ['SWMTKN-1- SWMKEY-1-', String.raw`[A-Za-z0-9+/]{43,50}(?:-[a-z0-9]{25})?`],
  ['cio', String.raw`[A-Za-z0-9]{32}(?!\w)`],
  ['oy2', String.raw`[a-z0-9]{43}(?!\w)`],
  // Clouds
  ['AKIA ASIA ABIA ACCA', String.raw`[A-Z0-9]{16}(?!\w)`],
  ['A3T', String.raw`[A-Z0-9]{17}(?!\w)`],
  ['bedrock-api-key-', String.raw`[A-Za-z0-9+/]{40,4096}={0,2}`],
  ['da2-', String.raw`[a-z0-9]{26}(?!\w)`],
  ['dop_v1_ doo_v1_ dor_v1_ dos_v1_', String.raw`[a-f0-9]{64}`],
  ['cfut_ cfat_ cfk_', String.raw`[A-Za-z0-9]{40}[a-f0-9]{8}(?!\w)`],
  ['K00', String.raw`\d[A-Za-z0-9+/]{27}(?![\w+/=])`],
  ['sk1_ pk1_', String.raw`[a-f0-9]{64}(?!\w)`],
  ['AIza', String.raw`[\w-]{35}`],
  ['ya29.', String.raw`[\w-]{20,1024}`],
  ['GOCSPX-', String.raw`[\w-]{28}`],
  ['1//0', String.raw`[\w-]{40,120}`],
  ['GOOG1', String.raw`[A-Z0-9]{56}(?!\w)`],
  ['v1.0-', String.raw`[a-f0-9]{24}-[a-f0-9]{146}`],
  // A tunnel of Cloudflare and a key of Grafana: JSON in base64, without a signature
  ['eyJhIjoi eyJrIjoi', String.raw`[A-Za-z0-9+/]{50,1000}={0,2}`],
  ['fm1r_ fm1a_', String.raw`[A-Za-z0-9+/]{80,1000}={0,3}`],
  ['fo1_', String.raw`[\w-]{43}`],
  ['fm2_', String.raw`[A-Za-z0-9+/]{80,1000}={0,2}`],
  ['pul-', String.raw`[a-f0-9]{40}`],
  ['dp.pt. dp.st. dp.sa. dp.ct. dp.scim. dp.audit.', String.raw`[A-Za-z0-9.]{40,80}`],
  ['ABSK', String.raw`[A-Za-z0-9+/]{100,300}={0,2}`],
  ['LTAI', String.raw`[A-Za-z0-9]{20}(?!\w)`],
  ['HRKU-', String.raw`[\w-]{36,80}`],
  ['dapi', String.raw`[a-f0-9]{32}(?:-\d)?(?!\w)`],
  ['dt0c01.', String.raw`[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}`],
  // Hosted databases and pages
  ['sbp_', String.raw`[a-f0-9]{40}(?!\w)`],
  ['sb_secret_', String.raw`[\w-]{22}_[\w-]{8}`],
  ['napi_', String.raw`[a-z0-9]{64}(?!\w)`],
  ['4b1d', String.raw`[A-Za-z0-9]{38}(?!\w)`],
  ['nfp_ ddp_ ddw_', String.raw`[A-Za-z0-9]{36}(?!\w)`],
  ['phx_', String.raw`[A-Za-z0-9]{43,48}(?!\w)`],
  ['pscale_tkn_ pscale_oauth_ pscale_pw_', String.raw`[\w=.-]{32,64}`],
  // Builds and packages
  ['AKCp', String.raw`[A-Za-z0-9]{69}`],
  ['cmVmd', String.raw`[A-Za-z0-9]{59}(?!\w)`],
  ['ATATT3 ATCTT3', String.raw`[\w=-]{100,300}`],
  ['ATBB', String.raw`[A-Za-z0-9]{32}(?!\w)`],
  ['BBDC-', String.raw`[A-Za-z0-9+/@_-]{40,50}`],
  ['bkua_', String.raw`[a-z0-9]{40}(?!\w)`],
  ['CCIPAT_ CCIPRJ_', String.raw`[A-Za-z0-9]{22}_[a-f0-9]{40}`],
  ['squ_ sqp_ sqa_', String.raw`[a-f0-9]{40}(?!\w)`],
  ['sqco_', String.raw`[A-Za-z0-9]{59}(?!\w)`],
  ['CLOJARS_', String.raw`[A-Za-z0-9]{60}`],
  ['pnu_', String.raw`[A-Za-z0-9]{36}(?!\w)`],
  ['sgp_', String.raw`(?:[A-Fa-f0-9]{16}_|local_)?[A-Fa-f0-9]{40}`],
  ['rdme_', String.raw`[a-z0-9]{70}`],
  ['tk-us-', String.raw`[\w-]{48}`],
  ['_gitlab_session=', String.raw`[0-9a-z]{32}`],
  ['pat', String.raw`[A-Za-z0-9]{14}\.[a-f0-9]{64}`],
  ['pat. sat.', String.raw`[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}`],
  ['API-', String.raw`[A-Z0-9]{26,34}(?![\w-])`],
  ['sm_aat_ sm_pat_ sm_sat_', String.raw`[A-Za-z0-9]{16}(?!\w)`],
  ['ico-', String.raw`[A-Za-z0-9]{32}(?!\w)`],
  // Networks, vaults, monitoring
  ['A3-', String.raw`[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(?:-[A-Z0-9]{5})?`],
  ['NRAK- NRII- NRIQ- NRJS- NRBR-', String.raw`[\w-]{19,40}`],
  ['dnkey-', String.raw`[\w=-]{26}-[\w=-]{52}`],
  ['tskey-', String.raw`[a-z]{2,10}-[\w-]{10,255}`],
  ['privkey:', String.raw`[a-f0-9]{64}(?!\w)`],
  ['sha256~', String.raw`[\w-]{43}(?![\w-])`],
  ['hvs. hvb. hvr.', String.raw`[\w-]{20,400}`],
  ['ops_eyJ', String.raw`[A-Za-z0-9+/]{50,2000}={0,2}`],
  ['AGE-SECRET-KEY-1 AGE-SECRET-KEY-PQ-1', String.raw`[A-Z0-9]{50,2000}`],
  ['glsa_', String.raw`\w{32,64}`],
  ['glc_', String.raw`[A-Za-z0-9+/]{32,400}={0,2}`],
  ['sntrys_ sntryu_ sntrya_ sntryi_', String.raw`[\w+/=]{40,600}`],
  ['ptr_', String.raw`[A-Za-z0-9+/=]{32,255}`],
  ['PVE: PBS: PMG:', String.raw`[\w.-]{1,64}@[\w-]{1,32}:[A-F\da-f]{8}::[\w+/=-]{40,1024}`],
  ['K10', String.raw`[a-f0-9]{40,64}::[\w-]{1,64}:[\w.-]{16,255}`],
  // People, mail and things
  [discordStarts(), String.raw`[\w-]{19,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])`],
  ['syt_', String.raw`[A-Za-z0-9+/]{1,128}_[A-Za-z]{20}_[A-Za-z0-9]{6}(?!\w)`],
  ['aio_', String.raw`[A-Za-z0-9]{28}(?!\w)`],
  ['BBFF-', String.raw`[A-Za-z0-9]{30}(?!\w)`],
  ['SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf', String.raw`[a-f0-9]{31}(?!\w)`],
  ['xoxa- xoxb- xoxc- xoxd- xoxe- xoxo- xoxp- xoxr- xoxs- xapp- xoxe.xox', String.raw`[\w%-]{10,300}`],
  ['SG.', String.raw`[\w-]{16,32}\.[\w-]{16,64}`],
  ['tk_', String.raw`[a-z0-9]{29}(?!\w)`],
  ['ntn_', String.raw`[A-Za-z0-9]{40,50}`],
  ['secret_', String.raw`[A-Za-z0-9]{43}(?!\w)`],
  ['lin_api_ lin_oauth_', String.raw`[A-Za-z0-9]{40,64}`],
  ['figd_ figp_ figu_ figo_', String.raw`[\w=-]{40,54}`],
  ['EAAA EAAC EAAM', String.raw`[\w-]{60,600}`],
  ['p8e-', String.raw`[a-z0-9]{32}(?!\w)`],
  ['fio-u-', String.raw`[\w=-]{64}`],
  ['s-s4t2ud- s-s4t2af-', String.raw`[a-f0-9]{64}`],
  ['xkeysib-', String.raw`[a-f0-9]{64}-[A-Za-z0-9]{16}`],
  ['PMAK-', String.raw`[a-f0-9]{24}-[a-f0-9]{34}`],
  // Models and money
  ['sk-', String.raw`(?=[\w-]{0,64}\d)[\w-]{20,255}`],
  ['pplx-', String.raw`[A-Za-z0-9]{48}`],
  ['gsk_', String.raw`[A-Za-z0-9]{52}(?!\w)`],
  ['xai-', String.raw`\w{70,90}`],
  ['r8_', String.raw`[\w-]{37}(?!\w)`],
  ['pcsk_', String.raw`[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}`],
  ['nvapi-', String.raw`[\w-]{60,70}`],
  ['lsv2_pt_ lsv2_sk_', String.raw`[a-f0-9]{32}_[a-f0-9]{10}`],
  ['sk_', String.raw`[a-f0-9]{48}(?!\w)`],
  ['whsec_', String.raw`[A-Za-z0-9+/]{24,88}={0,2}`],
  ['sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_', String.raw`[A-Za-z0-9]{10,255}`],
  ['shpat_ shpca_ shppa_ shpss_', String.raw`[a-fA-F0-9]{32}`],
  ['sq0atp- sq0csp-', String.raw`[\w-]{22,60}`],
  ['duffel_live_ duffel_test_', String.raw`[\w=-]{43}`],
  ['EZAK EZTK', String.raw`[A-Za-z0-9]{54}`],
  ['FLWSECK_TEST-', String.raw`[\w-]{12,40}`],
  ['shippo_live_ shippo_test_', String.raw`[a-fA-F0-9]{40}`],
  // Somebody encoded a token again
  ['ZXlK', String.raw`[\w+/-]{50,20000}={0,2}`],
  // JSON web tokens, those of Home Assistant among them
  ['eyJ', String.raw`[\w-]{8,2048}\.[\w-]{8,16384}(?:\.[\w-]{0,2048})?`],
  ['ewogIC ewoid', String.raw`[\w-]{8,2048}={0,2}\.[\w-]{8,16384}={0,2}\.[\w-]{0,2048}`],
  // Hashes of passwords; a compose file doubles each `$`
  ['$2a$ $2b$ $2x$ $2y$ $$2a$$ $$2b$$ $$2x$$ $$2y$$', String.raw`\d\d\${1,2}[./A-Za-z0-9]{53}`],
  ['$1$ $5$ $6$ $apr1$ $$1$$ $$5$$ $$6$$ $$apr1$$', String.raw`(?:rounds=\d{1,9}\${1,2})?[./A-Za-z0-9]{1,16}\${1,2}[./A-Za-z0-9]{22,86}`],
  ['$y$ $gy$ $7$ $$y$$', String.raw`[./A-Za-z0-9]{1,32}\${1,2}[./A-Za-z0-9]{1,86}\${1,2}[./A-Za-z0-9]{43}`],
  [
    '$argon2id$ $argon2i$ $argon2d$ $BALLOON-SHA256$ $$argon2id$$',
    String.raw`v=\d{1,3}\${1,2}[a-z]=\d{1,9},t=\d{1,9}(?:,p=\d{1,9})?\${1,2}[\w+/=-]{8,128}\${1,2}[\w+/=-]{16,512}`,
  ],
  ['$pbkdf2', String.raw`[\w-]{0,16}\${1,2}[\w=,]{1,32}\${1,2}[\w+/.=-]{8,128}\${1,2}[\w+/.=-]{16,512}`],
  ['pbkdf2_sha', String.raw`\d{1,3}\$\d{1,9}\$[\w+/.=-]{8,128}\$[\w+/.=-]{16,512}`],
  ['pbkdf2:sha scrypt:', String.raw`[\w:]{1,32}\$[\w+/.=-]{8,128}\$[\w+/.=-]{16,512}`],
  ['SCRAM-SHA-', String.raw`\d{1,3}\$\d{1,9}:[\w+/=]{8,128}\$[\w+/=]{16,128}:[\w+/=]{16,128}`],
  ['{SSHA} {SSHA256} {SSHA512} {SHA} {CRYPT} {SMD5}', String.raw`[\w+/.$=]{20,256}`],
]

/** A bot's token of Discord begins with its number in base64: of the first two digits, three signs. */
function discordStarts(): string {
  const numbers = Array.from({ length: 90 }, (_, index) => `${index + 10}0`)
  return [...new Set(numbers.map((number) => Buffer.from(number).toString('base64').slice(0, 3)))].join(' ')
}

/** All of them, longer beginnings before those they begin with. */
export const tokenShapes: readonly TokenShape[] = table
  .flatMap(([starts, rest]) => {
    const form = new RegExp(rest, 'y')
    return starts.split(' ').map((start) => ({ start, rest: form }))
  })
  .toSorted((one, other) => other.start.length - one.start.length)
