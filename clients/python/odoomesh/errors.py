"""Why a call was refused: program against the reason and retry, never against the message."""

from __future__ import annotations

from dataclasses import dataclass, field

from .types import Reason

_PREFIX = "type.googleapis.com/google.rpc."


class MeshError(Exception):
    """Something went wrong with a call."""


class Unreachable(MeshError):
    """The mesh did not answer, or its answer was cut off. A write may have been done: send it
    again with the same request_id."""

    def __init__(self, message: str, request_id: str | None = None):
        super().__init__(message + (f" (request_id {request_id})" if request_id else ""))
        self.request_id = request_id


@dataclass
class Refusal(MeshError):
    """The mesh refused a call. For each reason there is a class of its own to catch."""

    status: int
    message: str
    reason: Reason | str = ""
    retry: str = "never"
    """never, same_request, after_read, start_anew or after_repair."""
    who_acts: str = ""
    what_to_do: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    """What is wrong with which field."""
    retry_after: float | None = None
    """Seconds to wait before the same call is sent again."""
    call: str = ""
    """The id under which the log of the mesh has the call."""
    details: list[dict] = field(default_factory=list)
    request_id: str | None = None
    """The id of the wish that was refused, where it was a write."""

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"

    @staticmethod
    def read(status: int, body: dict, request_id: str | None = None) -> Refusal:
        error = body.get("error", {})
        by = {d.get("@type", "").removeprefix(_PREFIX): d for d in error.get("details", [])}
        info, told = by.get("ErrorInfo", {}), by.get("ErrorInfo", {}).get("metadata", {})
        delay = by.get("RetryInfo", {}).get("retryDelay")
        reason = info.get("reason", error.get("status", ""))
        return BY_REASON.get(reason, Refusal)(
            status, error.get("message", f"HTTP {status}"), Reason(reason) if reason in Reason.__members__ else reason,
            told.get("retry", "never"), told.get("who_acts", ""), told.get("what_to_do", ""),
            {v["field"]: v["description"] for v in by.get("BadRequest", {}).get("fieldViolations", [])},
            float(delay.rstrip("s")) if delay else None, by.get("RequestInfo", {}).get("requestId", ""), error.get("details", []), request_id)


BY_REASON = {reason: type("".join(word.capitalize() for word in reason.split("_")), (Refusal,), {"__doc__": f"Refused with {reason}."}) for reason in Reason.__members__}
globals().update({cls.__name__: cls for cls in BY_REASON.values()})
