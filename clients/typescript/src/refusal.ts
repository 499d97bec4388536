import type { components } from "./schema.js";

export type Reason = components["schemas"]["Reason"];
export type Retry = "never" | "same_request" | "after_read" | "start_anew" | "after_repair";
type Body = components["schemas"]["Refusal"];

/** Why a call was refused: program against the reason and retry, never against the message. */
export class Refusal extends Error {
  readonly reason: Reason | "";
  readonly retry: Retry;
  readonly whatToDo: string;
  /** What is wrong with which field. */
  readonly fields: Record<string, string> = {};
  /** Milliseconds to wait before the same call is sent again. */
  readonly retryAfter: number | undefined;
  /** The id under which the log of the mesh has the call. */
  readonly call: string = "";

  constructor(readonly status: number, readonly body: Partial<Body>) {
    super(body.error?.message ?? `HTTP ${status}`);
    this.name = "Refusal";
    let reason: Reason | "" = "", retry: Retry = "never", whatToDo = "";
    for (const detail of body.error?.details ?? []) {
      switch (detail["@type"]) {
        case "type.googleapis.com/google.rpc.ErrorInfo":
          reason = detail.reason;
          retry = detail.metadata.retry;
          whatToDo = detail.metadata.what_to_do;
          break;
        case "type.googleapis.com/google.rpc.BadRequest":
          for (const v of detail.fieldViolations) this.fields[v.field] = v.description;
          break;
        case "type.googleapis.com/google.rpc.RetryInfo":
          this.retryAfter = 1000 * parseFloat(detail.retryDelay);
          break;
        case "type.googleapis.com/google.rpc.RequestInfo":
          this.call = detail.requestId;
      }
    }
    this.reason = reason;
    this.retry = retry;
    this.whatToDo = whatToDo;
  }

  static async of(answer: Response): Promise<Refusal> {
    return new Refusal(answer.status, (await answer.clone().json().catch(() => ({}))) as Partial<Body>);
  }
}

/** The mesh did not answer, or its answer was cut off. A write may have been done. */
export class Unreachable extends Error {
  override name = "Unreachable";
}
