// An identity provider for tests: the certified `oidc-provider`, with people that a test makes and takes away.
//
// `node identity-provider.js '{"redirect_uris": […], "backchannel_logout_uri": …, …}'` prints a line of JSON with the issuer and
// the address of its control, and serves until standard input ends. The control takes POSTs:
//   /account  {"login": "ada", "email": …, "email_verified": …, "name": …, "groups": […]}   somebody, as they are from now on
//   /gone     {"login": "ada"}        the account is not there any more: what was granted is refused
//   /trouble  {"down": true}          nothing is answered;  {"nonce": true}: the nonce of the request is lost
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import * as oidc from "oidc-provider";

const client = JSON.parse(process.argv[2] ?? "{}");
const people = new Map();
let trouble = {};

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

function listen(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

let handle = (_, response) => response.writeHead(503).end();
const front = createServer((request, response) => handle(request, response));
const issuer = `http://127.0.0.1:${await listen(front)}`;

const provider = new oidc.Provider(issuer, {
  clients: [{ client_id: "warpyard", client_secret: "a secret of the client", grant_types: ["authorization_code", "refresh_token"], response_types: ["code"], backchannel_logout_session_required: true, ...client }],
  claims: { email: ["email", "email_verified"], profile: ["name", "preferred_username"], groups: ["groups"] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  // Its own guard against private addresses would keep it from telling a server on this machine of a log-out.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  findAccount: (_, login) => {
    const person = people.get(login);
    return person && { accountId: login, claims: () => ({ sub: login, ...person }) };
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  // A refresh token for whoever asked for `offline_access`, without another question.
  issueRefreshToken: (context, source) => source.grantTypeAllowed("refresh_token") && wantsOffline(context),
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "one" }] },
  // Consent is a thing between people and their provider: here it is given.
  async loadExistingGrant(context) {
    const { client: of, session, params } = context.oidc;
    const grant = new context.oidc.provider.Grant({ clientId: of.clientId, accountId: session.accountId });
    grant.addOIDCScope(`${params.scope} offline_access`);
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
  ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86400, IdToken: 3600, Interaction: 600, RefreshToken: 86400, Session: 86400 },
});

const offline = new Set();
function wantsOffline(context) {
  return offline.has(context.oidc.client.clientId);
}

provider.use(async (context, next) => {
  if (context.path === "/auth" && typeof context.query.scope === "string" && context.query.scope.includes("offline_access")) {
    offline.add(context.query.client_id);
  } else if (context.path === "/auth" && context.query.client_id) {
    offline.delete(context.query.client_id);
  }
  if (context.path === "/auth" && trouble.nonce && context.query.nonce) {
    context.query = { ...context.query, nonce: "another" };
  }
  if (!context.path.startsWith("/interaction/")) return next();
  await provider.interactionDetails(context.req, context.res);
  if (context.method === "GET") {
    context.type = "html";
    context.body = `<!doctype html><html lang="en"><title>Company sign-in</title><form method="post" action="${context.path}"><label>Login <input name="login" autofocus></label> <button>Continue</button></form>`;
    return;
  }
  const form = new URLSearchParams(await text(context.req));
  const login = form.get("login") ?? "";
  const result = people.has(login) ? { login: { accountId: login } } : { error: "access_denied" };
  context.respond = false;
  await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: false });
});

async function text(stream) {
  let all = "";
  for await (const chunk of stream) all += chunk;
  return all;
}

const callback = provider.callback();
handle = (request, response) => (trouble.down ? response.writeHead(503).end() : callback(request, response));

const control = createServer(async (request, response) => {
  const { login, ...told } = JSON.parse((await text(request)) || "{}");
  if (request.url === "/account") people.set(login, { preferred_username: login, ...told });
  else if (request.url === "/gone") people.delete(login);
  else if (request.url === "/trouble") trouble = told;
  else return response.writeHead(404).end();
  response.writeHead(204).end();
});

console.log(JSON.stringify({ issuer, control: `http://127.0.0.1:${await listen(control)}` }));
process.stdin.on("end", () => process.exit(0)).resume();
