// An OpenID provider by others (npm oidc-provider) on loopback, for tests: node oidc_provider.mjs PORT [REDIRECT ADDRESS...]
// People are asked nothing but who they are: /interaction/:uid?login=ada signs in as ada, with the groups after it.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const people = new Map();

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "eventdesk",
      client_secret: "a secret between the two",
      grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
      redirect_uris: ["http://house/sign-in/back", "https://house/sign-in/back", ...process.argv.slice(3)],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  cookies: { keys: ["only for tests"] },
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false } },
  pkce: { required: () => true },
  ttl: { Session: 60, Grant: 60, Interaction: 60, AccessToken: 60, IdToken: 60, DeviceCode: 60 },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  async findAccount(_ctx, id) {
    const told = people.get(id) ?? { email: `${id}@example.org`, email_verified: true, name: id, groups: [] };
    return { accountId: id, claims: async () => ({ sub: id, ...told }) };
  },
});

// What a person would click: who they are, and that the house may know it.
async function interaction(req, res) {
  const details = await provider.interactionDetails(req, res);
  if (details.prompt.name === "login") {
    const login = new URL(req.url, issuer).searchParams.get("login") ?? req.headers["x-login"] ?? "ada";
    return provider.interactionFinished(req, res, { login: { accountId: login } });
  }
  const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
  grant.addOIDCScope("openid email profile");
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

// What a test tells about a person: POST /people/ada with the claims as JSON.
async function tell(req, res) {
  let body = "";
  for await (const part of req) body += part;
  people.set(req.url.split("/")[2], JSON.parse(body));
  res.end();
}

const answer = provider.callback();
createServer((req, res) => {
  const done = (error) => { res.statusCode = 500; res.end(String(error)); };
  if (req.url.startsWith("/interaction/")) return interaction(req, res).catch(done);
  if (req.url.startsWith("/people/")) return tell(req, res).catch(done);
  return answer(req, res);
}).listen(port, "127.0.0.1", () => console.log("ready"));
