import createClient, { type Client } from "openapi-fetch";
import { Again } from "./again.js";
import { Refusal, Unreachable } from "./refusal.js";
import type { components, paths } from "./schema.js";

export { Refusal, Unreachable, type Reason, type Retry } from "./refusal.js";
export type { components, paths } from "./schema.js";
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? Q : never;
type Content<P extends keyof paths> = paths[P] extends { get: { responses: { 200: { content: infer C } } } } ? C : never;
type Page<P extends keyof paths> = Content<P> extends { "application/json": infer J } ? J : never;
/** The paths that answer page by page. */
export type Lists = { [P in keyof paths]: Page<P> extends { nextPageToken: string } ? P : never }[keyof paths];
/** The paths that answer a stream. */
export type Streams = { [P in keyof paths]: Content<P> extends { "text/event-stream": unknown } ? P : never }[keyof paths];
type Message<P extends keyof paths> = Content<P> extends { "application/x-ndjson": infer M } ? Exclude<M, Schema<"Refusal">> : never;
type RecordOf<P extends keyof paths> = { [K in keyof Page<P>]-?: Page<P>[K] extends (infer R)[] ? R : never }[keyof Page<P>];

export interface Options {
  /** A token, or what answers one for each call. */
  token?: string | (() => string | Promise<string>);
  /** How long, in milliseconds, a call is sent again where its refusal says that this is right. */
  patience?: number;
  fetch?: typeof fetch;
}

/** An id for a wish. Keep it where the wish is kept: after a crash the same is sent again. */
export const newRequestId = (): string => crypto.randomUUID();

export class Mesh {
  /** Every operation, by its method and path, typed by the OpenAPI document. */
  readonly api: Client<paths>;
  readonly #url: string;
  readonly #options: Options;

  constructor(url: string, options: Options = {}) {
    const { protocol, hostname } = new URL(url);
    if (options.token && protocol !== "https:" && !["localhost", "127.0.0.1", "[::1]"].includes(hostname)) {
      throw new TypeError("a token is sent over https alone, but on this machine");
    }
    this.#url = url.replace(/\/$/, "");
    this.#options = options;
    this.api = createClient<paths>({ baseUrl: this.#url, fetch: (request: Request) => this.#send(request) });
  }

  /** The answer of a call, or its refusal thrown. */
  async must<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    const { data, error, response } = await call;
    if (error !== undefined || data === undefined) throw new Refusal(response.status, error as object);
    return data;
  }

  /** The pages of a list. */
  async *pages<P extends Lists>(path: P, query: Query<P> = {} as Query<P>): AsyncGenerator<Page<P>> {
    for (let pageToken = ""; ; ) {
      const answer = await this.#get(path, { ...(query as object), ...(pageToken && { pageToken }) });
      const page = await answer.json();
      yield page;
      if (!(pageToken = page.nextPageToken)) return;
    }
  }

  /** The records of a list, one after the other. */
  async *list<P extends Lists>(path: P, query: Query<P> = {} as Query<P>): AsyncGenerator<RecordOf<P>> {
    for await (const page of this.pages(path, query)) {
      for (const records of Object.values(page as object)) if (Array.isArray(records)) yield* records;
    }
  }

  /** The messages of a stream: it goes on behind the last one after whatever cut it off. */
  async *watch<P extends Streams>(path: P, query: Query<P> = {} as Query<P>, signal?: AbortSignal): AsyncGenerator<Message<P>> {
    let position = "";
    for (let again = new Again(this.#options.patience, true); ; ) {
      try {
        const answer = await this.#get(path, { ...(query as object), ...(position && { position }) }, signal);
        for await (const line of lines(answer.body!)) {
          const message = JSON.parse(line);
          if (message.error) throw new Refusal(message.error.code, message);
          again = new Again(this.#options.patience, true);
          yield message;
          position = message.position || position;
        }
      } catch (error) {
        if (signal?.aborted || (error instanceof Refusal && error.retry !== "same_request")) throw error;
        if (!(await again.wait(error instanceof Refusal ? error.retryAfter : undefined))) throw error;
        continue;
      }
      if (!(await again.wait())) throw new Unreachable(`${this.#url} ends the stream at once`);
    }
  }

  async #get(path: string, query: object, signal?: AbortSignal): Promise<Response> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) if (one !== undefined) parameters.append(name, String(one));
    const answer = await this.#send(new Request(`${this.#url}${path}?${parameters}`, signal ? { signal } : {}));
    if (!answer.ok) throw await Refusal.of(answer);
    return answer;
  }

  /** What is safe is sent again: reads, and writes that carry the id of their wish. */
  async #send(request: Request): Promise<Response> {
    const token = typeof this.#options.token === "function" ? await this.#options.token() : this.#options.token;
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    const again = new Again(this.#options.patience, request.method === "GET" || request.headers.has("Idempotency-Key"));
    for (;;) {
      let answer: Response;
      try {
        answer = await (this.#options.fetch ?? fetch)(request.clone());
      } catch (error) {
        if (request.signal.aborted || !(await again.wait())) throw new Unreachable(`${this.#url} did not answer`, { cause: error });
        continue;
      }
      if (answer.ok) return answer;
      const refusal = await Refusal.of(answer);
      if (refusal.retry !== "same_request" || !(await again.wait(refusal.retryAfter))) return answer;
    }
  }
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  try {
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop()!;
      yield* parts.filter((line) => line !== "");
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
