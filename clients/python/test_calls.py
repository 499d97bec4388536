"""What is sent again, and what never is: python3 -m unittest discover clients/python."""

import json
import threading
import unittest
from datetime import date, datetime, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

from odoomesh import Mesh, Money, Refusal, Unreachable, _values, errors, types


def refused(reason, retry):
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "mesh", "metadata": {"retry": retry, "who_acts": "nobody", "what_to_do": "Wait."}}
    delay = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.010s"}
    return 503, {"error": {"code": 503, "message": "Not now.", "status": "UNAVAILABLE", "details": [info, delay]}}


class Fake(BaseHTTPRequestHandler):
    answers, calls = [], []

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Fake.calls.append((self.path, self.headers.get("Idempotency-Key"), body))
        answer = Fake.answers.pop(0)
        if answer is None:
            self.connection.close()
            return
        status, said = answer
        text = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Calls(unittest.TestCase):
    def setUp(self):
        server = HTTPServer(("127.0.0.1", 0), Fake)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        Fake.calls.clear()
        self.mesh = Mesh(f"http://127.0.0.1:{server.server_port}", patience=5)

    def answer(self, *answers):
        Fake.answers[:] = answers

    def test_a_read_is_sent_again(self):
        self.answer(refused("NOT_LOADED", "same_request"), None, (200, {"number": "P1"}))
        self.assertEqual(self.mesh.get_order("orders/1").number, "P1")

    def test_a_wish_is_sent_again_under_its_id(self):
        self.answer(refused("UNKNOWN_OUTCOME", "same_request"), None, (200, {"order": {"name": "orders/1"}}))
        self.mesh.create_order(types.OrderInput(supplier="suppliers/1"), request_id="po-1")
        self.assertEqual({call[1:] for call in Fake.calls}, {("po-1", b'{"supplier": "suppliers/1"}')})
        self.assertEqual(len(Fake.calls), 3)

    def test_what_has_no_id_is_never_sent_again(self):
        for answer, error in ((refused("OVERLOADED", "same_request"), Refusal), (None, Unreachable)):
            self.answer(answer, (200, {}))
            with self.assertRaises(error):
                self.mesh.acknowledge_exception("exceptions/1", reason="seen")
            self.assertEqual(len(Fake.answers), 1)

    def test_what_is_refused_for_good_is_not_sent_again(self):
        self.answer(refused("STALE_ETAG", "after_read"))
        with self.assertRaises(errors.StaleEtag):
            self.mesh.get_order("orders/1")

    def test_a_watch_goes_on_behind_its_last_message(self):
        lines = [b'{"position": "a"}\n{"position": "b"}\n{"posi', b'{"position": "c"}\n' + json.dumps(refused("SHUTTING_DOWN", "same_request")[1]).encode() + b"\n", b'{"position": "d"}\n']
        self.answer(*((200, line) for line in lines))
        watch = self.mesh.watch_orders(filter="late = true")
        self.assertEqual([next(watch).position for _ in range(4)], list("abcd"))
        self.assertEqual([call[0].partition("position=")[2] for call in Fake.calls], ["", "b", "c"])

    def test_a_token_is_not_sent_in_the_clear(self):
        with self.assertRaises(ValueError):
            Mesh("http://mesh.example:8080", token="secret")


class Values(unittest.TestCase):
    def test_there_and_back(self):
        for value, said in ((Money("EUR", Decimal("-3.05")), {"currencyCode": "EUR", "units": "-3", "nanos": -50_000_000}), (Decimal("10.250"), {"value": "10.250"}), (date(2026, 2, 28), {"year": 2026, "month": 2, "day": 28})):
            self.assertEqual(_values.encode(value), said)
            self.assertEqual(_values.decode(said, type(value)), value)
        when = _values.decode("2026-11-30T09:22:59.570150026Z", datetime)
        self.assertEqual(when, datetime(2026, 11, 30, 9, 22, 59, 570150, timezone.utc))
        self.assertEqual(_values.decode({"state": "STATE_NEWER"}, types.Order).state, "STATE_NEWER")


if __name__ == "__main__":
    unittest.main()
