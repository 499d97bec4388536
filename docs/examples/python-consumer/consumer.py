"""Keep inventory events in a SQLite database, and go on with what happens.

The events and the position to go on from are committed together. So a kill at
any instant costs nothing: what was committed is not sent again, what was not
committed comes again.
"""

import argparse
import sqlite3
import sys
import time

import grpc
from mesh.inventory.v1 import event_pb2, event_requests_pb2, inventory_service_pb2_grpc

TABLES = """
CREATE TABLE IF NOT EXISTS event (
  event INTEGER PRIMARY KEY, type TEXT, source_time TEXT, product TEXT, lot TEXT, quantity TEXT,
  source_location TEXT, destination_location TEXT, source_balance TEXT, destination_balance TEXT,
  source_lot TEXT);
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), position TEXT);
"""


def row(e):
    kind = event_pb2.InventoryEventType.Name(e.type)[len("INVENTORY_EVENT_TYPE_"):]
    # Stock that takes another lot where it lies was of source_lot before; all else is
    # of the same lot before and after.
    before = e.source_lot if kind == "LOT_ASSIGNED" else e.lot
    return (
        int(e.name.split("/")[1]), kind, e.source_time.ToJsonString(), e.product, e.lot, e.quantity.value,
        e.source_location, e.destination_location, e.source_balance.value, e.destination_balance.value, before)


def follow(stub, db):
    found = db.execute("SELECT position FROM progress").fetchone()
    request = event_requests_pb2.StreamInventoryEventsRequest(position=found[0] if found else "")
    for message in stub.StreamInventoryEvents(request):
        with db:  # one transaction
            db.executemany("INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?)", map(row, message.inventory_events))
            db.execute("INSERT OR REPLACE INTO progress VALUES (1, ?)", (message.position,))
        if message.inventory_events:
            print(f"event {message.reached_event} of {message.newest_event}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="127.0.0.1:9090", help="address of meshd's gRPC")
    parser.add_argument("--db", default="events.sqlite", help="the database")
    options = parser.parse_args()
    db = sqlite3.connect(options.db)
    db.executescript(TABLES)
    stub = inventory_service_pb2_grpc.InventoryServiceStub(grpc.insecure_channel(options.server))
    while True:
        try:
            follow(stub, db)
        except grpc.RpcError as e:
            # A position that is too old or of another mesh never comes back: begin
            # anew with another database.
            if e.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.RESOURCE_EXHAUSTED):
                sys.exit(f"{e.code().name}: {e.details()}")
            print(f"the stream broke, next try in a second: {e.details()}", file=sys.stderr)
            time.sleep(1)


if __name__ == "__main__":
    main()
