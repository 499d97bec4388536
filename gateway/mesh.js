// Follows a stream of the mesh from a page, of another origin too where
// cors-allowed-origins names it. Unlike EventSource it sends a token, and tells why a
// stream is refused. It goes on behind the last message over whatever cuts it off.
//
//   import { watch } from "https://mesh.example:8080/mesh.js";
//   for await (const change of watch("/v1/orders:watch", { token, query: { filter } })) show(change.order);

const home = new URL(import.meta.url).origin;

/** Why a call was refused: program against reason and retry. */
export class Refusal extends Error {
  constructor({ message, details = [] }) {
    super(message);
    const info = details.find((d) => d.reason) ?? {};
    this.reason = info.reason;
    this.retry = info.metadata?.retry;
    this.wait = 1000 * parseFloat(details.find((d) => d.retryDelay)?.retryDelay ?? "0");
  }
}

/** The messages of a stream; signal ends it. position is where an earlier one was left. */
export async function* watch(path, { mesh = home, token, query = {}, position = "", signal } = {}) {
  for (let pause = 500; ; pause = Math.min(2 * pause, 15000)) {
    let wait = 0;
    try {
      const url = new URL(path, mesh);
      for (const [name, value] of Object.entries({ ...query, ...(position && { position }) })) url.searchParams.set(name, value);
      const answer = await fetch(url, { signal, headers: token ? { Authorization: `Bearer ${token}` } : {} });
      if (!answer.ok) throw new Refusal((await answer.json()).error);
      let rest = "";
      for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        for (const message of lines.filter(Boolean).map((line) => JSON.parse(line))) {
          if (message.error) throw new Refusal(message.error);
          yield message;
          position = message.position || position;
          pause = 250;
        }
      }
    } catch (error) {
      if (signal?.aborted || (error instanceof Refusal && error.retry !== "same_request")) throw error;
      wait = error.wait;
    }
    await new Promise((again) => setTimeout(again, wait || pause));
  }
}
