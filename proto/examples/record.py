"""Records the answers that the OpenAPI document shows, from a running demo:

    python3 proto/examples/record.py http://127.0.0.1:8080

Each call below goes into <operation>.json; make generate takes them into the document.
"""

import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

MESH = sys.argv[1].rstrip("/")
HERE = pathlib.Path(__file__).parent


def call(operation, about, path, query=None, body=None, headers=None, stream=0):
    url = MESH + path + ("?" + urllib.parse.urlencode({k: str(v).lower() if v is True else v for k, v in query.items()}) if query else "")
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, text = answer.status, [answer.readline() for _ in range(stream)] or [answer.read()]
    except urllib.error.HTTPError as refused:
        status, text = refused.code, [refused.read()]
    answers = [json.loads(line) for line in text]
    file = HERE / f"{operation}.json"
    calls = recorded.setdefault(file, [])
    calls.append({"about": about, "path": path, "status": status, "answer": answers[-1]}
                 | ({"query": query} if query else {}) | ({"body": body} if body is not None else {}))
    return answers[-1]


recorded = {}
COLLECTIONS = {
    "products": "Product", "suppliers": "Supplier", "orders": "Order", "requisitions": "Requisition", "receipts": "Receipt",
    "invoices": "Invoice", "locations": "Location", "lots": "Lot", "movements": "Movement", "stockPositions": "StockPosition",
}
first = {}
for collection, kind in COLLECTIONS.items():
    page = call(f"List{kind}s", "The first page", f"/v1/{collection}", {"pageSize": 1})
    first[collection] = page[collection][0]["name"]
    call(f"Get{kind}", "A record", "/v1/" + first[collection])
call("ListOrders", "Confirmed orders, the newest first", "/v1/orders",
     {"filter": "state = CONFIRMED", "orderBy": "order_time desc", "pageSize": 1})
call("ListProducts", "A filter that names no field", "/v1/products", {"filter": "colour = \"red\""})
call("GetProduct", "No such product", "/v1/products/999999")
call("GetProduct", "A wrong parameter", "/v1/products/1", {"colour": "red"})
call("WatchProducts", "A record as it is at the beginning", "/v1/products:watch", {"includeCurrent": True}, stream=1)
order = call("CreateOrder", "An order of one line", "/v1/orders", {"requestId": "po-4711"}, {
    "supplier": first["suppliers"], "lines": [{"product": "products/1", "quantity": {"value": "10"}, "unitPrice": {"units": "3"}}]})
if "order" in order:
    stale = {"etag": "\"0000000000000000\"", "requestId": "po-4711-release"}
    call("ReleaseOrder", "The order has changed since", "/v1/" + order["order"]["name"] + ":release", body=stale)
call("SummarizeStock", "Stock of a product", "/v1/stock:summarize", {"product": "products/1", "pageSize": 2})
call("Search", "Words of a name", "/v1/search", {"q": "saline", "pageSize": 2})
call("ListChanges", "One change", "/v1/changes", {"startTime": "2020-01-01T00:00:00Z", "pageSize": 1})
call("ListInventoryEvents", "One event", "/v1/inventoryEvents", {"pageSize": 1})
call("ListEvents", "One event", "/v1/events", {"pageSize": 1})
call("GetStatus", "A mesh that is well", "/v1/operations/status")
number = call("ListOrders", "", "/v1/orders", {"pageSize": 1})["orders"][0]["number"]
recorded[HERE / "ListOrders.json"].pop()
call("GetJourney", "The way of an order", "/v1/journeys", {"number": number})

for file, calls in recorded.items():
    file.write_text(json.dumps(calls, ensure_ascii=False, indent=1) + "\n")
    print(file.name, [c["status"] for c in calls])
