// What is sent again, and what never is: node --test dist/mesh.test.js.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Mesh, Refusal, Unreachable } from "./mesh.js";

const refused = (reason: string, retry: string): [number, string] => [503, JSON.stringify({ error: { code: 503, message: "Not now.", status: "UNAVAILABLE", details: [
  { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "mesh", metadata: { retry } },
  { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "0.010s" },
] } })];

/** A mesh that answers one after the other; undefined is a line that breaks. */
function answering(...answers: ([number, string] | undefined)[]) {
  const calls: Request[] = [];
  const mesh = new Mesh("http://127.0.0.1:1", { patience: 5000, fetch: async (request) => {
    calls.push(request as Request);
    const answer = answers.shift();
    if (!answer) throw new TypeError("fetch failed");
    return new Response(answer[1], { status: answer[0], headers: { "Content-Type": "application/json" } });
  } });
  return { mesh, calls };
}

const order = { params: { path: { order: "1" } } };
const body = { supplier: "suppliers/1" };

test("a read is sent again", async () => {
  const { mesh, calls } = answering(refused("NOT_LOADED", "same_request"), undefined, [200, "{}"]);
  await mesh.must(mesh.api.GET("/v1/orders/{order}", order));
  assert.equal(calls.length, 3);
});

test("a wish is sent again under its id", async () => {
  const { mesh, calls } = answering(refused("UNKNOWN_OUTCOME", "same_request"), undefined, [200, "{}"]);
  await mesh.must(mesh.api.POST("/v1/orders", { params: { header: { "Idempotency-Key": "po-1" } }, body }));
  assert.deepEqual(calls.map((c) => c.headers.get("Idempotency-Key")), ["po-1", "po-1", "po-1"]);
  assert.deepEqual(await Promise.all(calls.map((c) => c.json())), [body, body, body]);
});

test("what has no id is never sent again", async () => {
  for (const [answer, error] of [[refused("OVERLOADED", "same_request"), Refusal], [undefined, Unreachable]] as const) {
    const { mesh, calls } = answering(answer, [200, "{}"]);
    await assert.rejects(mesh.must(mesh.api.POST("/v1/orders", { body })), error);
    assert.equal(calls.length, 1);
  }
});

test("what is refused for good is not sent again", async () => {
  const { mesh } = answering(refused("STALE_ETAG", "after_read"));
  await assert.rejects(mesh.must(mesh.api.GET("/v1/orders/{order}", order)), { reason: "STALE_ETAG", retry: "after_read" });
});

test("a watch goes on behind its last message", async () => {
  const { mesh, calls } = answering([200, '{"position":"a"}\n{"position":"b"}\n{"posi'], [200, `{"position":"c"}\n${refused("SHUTTING_DOWN", "same_request")[1]}\n`], [200, '{"position":"d"}\n']);
  const seen: string[] = [];
  for await (const change of mesh.watch("/v1/orders:watch")) {
    seen.push(change.position);
    if (seen.length === 4) break;
  }
  assert.deepEqual(seen, ["a", "b", "c", "d"]);
  assert.deepEqual(calls.map((c) => new URL(c.url).searchParams.get("position")), [null, "b", "c"]);
});

test("a token is not sent in the clear", () => {
  assert.throws(() => new Mesh("http://mesh.example:8080", { token: "secret" }), TypeError);
});
