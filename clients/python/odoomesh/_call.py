"""Calls over REST: who calls, what is sent again, pages and watches."""

from __future__ import annotations

import http.client
import json
import random
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Generic, TypeVar

from . import _values
from .errors import Refusal, Unreachable

Record = TypeVar("Record")
Page = TypeVar("Page")
_LOST = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, json.JSONDecodeError)


def new_request_id() -> str:
    """An id for a wish. Keep it where the wish is kept: after a crash the same is sent again."""
    return str(uuid.uuid4())


class Caller:
    def __init__(self, url: str, *, token: str | None = None, token_file: str | None = None, ca_file: str | None = None,
                 certificate: tuple[str, str] | None = None, timeout: float = 30, patience: float = 60):
        """url is such as https://mesh.example:8080. The token comes as it is, or from a file
        that is read anew for each call. timeout is for one attempt; patience is for how long
        a call is sent again where its refusal says that this is right; 0: not at all."""
        parts = urllib.parse.urlsplit(url)
        if (token or token_file) and parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a token is sent over https alone, but on this machine")
        self._url, self._token, self._token_file = url.rstrip("/"), token, token_file
        self._timeout, self._patience = timeout, patience
        self._tls = ssl.create_default_context(cafile=ca_file) if url.startswith("https:") else None
        if self._tls and certificate:
            self._tls.load_cert_chain(*certificate)

    def _open(self, method: str, path: str, query: dict, body, request_id: str | None, timeout: float):
        url = self._url + path + ("?" + text if (text := _values.query(query)) else "")
        request = urllib.request.Request(url, method=method, headers={"Accept": "application/json, application/x-ndjson", "User-Agent": "odoomesh-python"})
        if body is not None:
            request.data = json.dumps(_values.encode(body)).encode()
            request.add_header("Content-Type", "application/json")
        if request_id:
            request.add_header("Idempotency-Key", request_id)
        token = self._token
        if self._token_file:
            with open(self._token_file) as file:
                token = file.read().strip()
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            return urllib.request.urlopen(request, timeout=timeout, context=self._tls)
        except urllib.error.HTTPError as refused:
            with refused:
                raise Refusal.read(refused.code, json.loads(refused.read()), request_id) from None

    def _call(self, method: str, path: str, into, query: dict = {}, body=None, request_id: str | None = None):
        """What is safe is sent again: reads, and writes that carry the id of their wish."""
        again = _Again(self._patience, method == "GET" or request_id is not None)
        while True:
            try:
                with self._open(method, path, query, body, request_id, self._timeout) as answer:
                    return _values.decode(json.loads(answer.read()), into)
            except Refusal as refusal:
                if refusal.retry != "same_request" or not again.wait(refusal.retry_after):
                    raise
            except _LOST as lost:
                if not again.wait(None):
                    raise Unreachable(f"{self._url} did not answer: {lost}", request_id) from lost

    def _watch(self, path: str, into, query: dict = {}) -> Iterator:
        """Goes on behind the last message after whatever cut the stream off."""
        query, again = dict(query), _Again(self._patience, True)
        while True:
            try:
                # A stream that is quiet has heartbeats.
                with self._open("GET", path, query, None, None, 90) as lines:
                    for line in lines:
                        message = json.loads(line)
                        if "error" in message:
                            raise Refusal.read(message["error"].get("code", 0), message)
                        again = _Again(self._patience, True)
                        yield _values.decode(message, into)
                        if position := message.get("position"):
                            query["position"] = position
                if not again.wait(None):
                    raise Unreachable(f"{self._url} ends the stream at once")
            except Refusal as refusal:
                if refusal.retry != "same_request" or not again.wait(refusal.retry_after):
                    raise
            except _LOST as lost:
                if not again.wait(None):
                    raise Unreachable(f"{self._url} did not answer: {lost}") from lost


class _Again:
    """Pauses that grow, until patience is at its end."""

    def __init__(self, patience: float, safe: bool):
        self._until, self._pause, self._safe = time.monotonic() + patience, 0.1, safe

    def wait(self, told: float | None) -> bool:
        pause = told if told is not None else self._pause * random.uniform(0.5, 1)
        self._pause = min(self._pause * 2, 10)
        if not self._safe or time.monotonic() + pause > self._until:
            return False
        time.sleep(pause)
        return True


class Pages(Generic[Record, Page]):
    """The records of a list, one after the other; pages() has them with what is beside them."""

    def __init__(self, caller: Caller, path: str, page: type[Page], records: str, query: dict):
        self._caller, self._path, self._page, self._records, self._query = caller, path, page, records, query

    def pages(self) -> Iterator[Page]:
        query = dict(self._query)
        while True:
            page = self._caller._call("GET", self._path, self._page, query)
            yield page
            if not page.next_page_token:
                return
            query["pageToken"] = page.next_page_token

    def __iter__(self) -> Iterator[Record]:
        for page in self.pages():
            yield from getattr(page, self._records)
