// Calls the API through a generated client: the compiler checks the types of requests and responses.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const client = createClient<paths>({ baseUrl: process.argv[2] });

const ingested = await client.POST("/documents", {
  body: { library: "client", documents: [{ id: "ferry", title: "The ferry", text: "The ferry was built in 1912. Its captain was Ida Moen." }] },
});
assert.equal(ingested.response.status, 200);
assert.equal(ingested.data?.documents[0]?.status, "ready");

const asked = await client.POST("/queries", {
  params: { header: { "Idempotency-Key": crypto.randomUUID() } },
  body: { query: "Who was the captain of the ferry?", library: "client" },
});
assert.ok(asked.data && "answer" in asked.data, JSON.stringify(asked.error));
const answer: components["schemas"]["Answer"] = asked.data;
const verified = answer.claims.find((claim) => claim.text.includes("Ida Moen"));
assert.equal(verified?.verdict, "supported");
assert.deepEqual([verified.basis, verified.repaired, verified.said], ["quote", false, null]);
assert.equal(verified.citations[0]?.quote, "Its captain was Ida Moen.");

const listed = await client.GET("/queries", { params: { query: { limit: 100, status: "completed" } } });
assert.ok(listed.data?.queries.some((query) => query.query_id === answer.query_id));

const path = { id: answer.query_id };
const read = await client.GET("/queries/{id}", { params: { path } });
assert.equal(read.data?.answer, answer.answer);
const document = await client.GET("/documents/{id}", { params: { path: { id: "ferry" }, query: { library: "client" } } });
assert.match(document.data?.text ?? "", /Ida Moen/);

assert.equal((await client.DELETE("/queries/{id}", { params: { path } })).response.status, 204);
const gone = await client.GET("/queries/{id}", { params: { path } });
assert.equal(gone.error?.status, 404);

console.log(`${answer.answer} (${answer.sources.length} source)`);
