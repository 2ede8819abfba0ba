// The main job with a client generated from the API description: register, make a base, upload, wait, ask.
// Called with the service's address; prints one line of JSON.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const api = createClient<paths>({ baseUrl: process.argv[2] ?? "", headers: { "accept-language": "en" } });

function taken<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const email = `${crypto.randomUUID()}@example.com`;
const password = "SecurePass123!";
taken(await api.POST("/api/v1/auth/register", { body: { email, password, username: "generated" } }));
const signedIn = taken(await api.POST("/api/v1/auth/login", { body: { email, password } }));
api.use({
  onRequest({ request }) {
    request.headers.set("authorization", `Bearer ${signedIn.access_token}`);
    return request;
  },
});

const base = taken(
  await api.POST("/api/v1/knowledge/bases", { body: { name: "generated", display_name: "Generated" } }),
);
const form = new FormData();
form.append("file", new Blob(["The cotton filter is replaced every 6 months."]), "note.txt");
const accepted = taken(
  await api.POST("/api/v1/knowledge/bases/{kb_id}/documents", {
    params: { path: { kb_id: base.id } },
    body: { file: "" },
    bodySerializer: () => form,
  }),
);

const ends = Date.now() + 60_000;
let status = "processing";
while (status === "processing" && Date.now() < ends) {
  const path = { document_id: accepted.document_id };
  status = taken(await api.GET("/api/v1/knowledge/documents/{document_id}/status", { params: { path } })).status;
  await new Promise((wake) => setTimeout(wake, 200));
}

const query = "How often is the cotton filter replaced?";
const answer = taken(await api.POST("/api/v1/rag/query", { body: { query, kb_id: base.id } }));
const refused = await api.GET("/api/v1/knowledge/bases/{kb_id}", { params: { path: { kb_id: "kb-unknown" } } });
console.log(
  JSON.stringify({
    status,
    answer: answer.answer,
    filename: answer.sources[0]?.filename,
    refused: refused.error?.code,
  }),
);
