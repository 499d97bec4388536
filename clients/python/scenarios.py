"""What docs/clients.md shows of the client in Python: python3 scenarios.py <scenario>."""

import json
import os
import sys
import uuid
from datetime import datetime
from decimal import Decimal

from odoomesh import Mesh, Money, Refusal, errors, types

# region connect
mesh = Mesh(os.environ["MESH_URL"], token=os.environ.get("MESH_TOKEN"))
# endregion


def read():
    # region read
    order = mesh.get_order("orders/1")
    price = order.lines[0].unit_price
    ordered: datetime | None = order.order_time
    # endregion
    assert ordered and ordered.tzinfo
    return {"number": order.number, "lines": len(order.lines), "price": f"{price.currency_code} {price.amount}"}


def filter():
    # region filter
    newest = mesh.list_orders(filter="state = CONFIRMED", order_by="number desc", page_size=3)
    first_page = next(newest.pages())
    # endregion
    return {"numbers": ",".join(order.number for order in first_page.orders)}


def page():
    # region page
    names = [product.name for product in mesh.list_products(page_size=100, read_mask="name,sku")]
    # endregion
    return {"records": len(names), "distinct": len(set(names))}


def watch():
    seen = []
    # region watch
    for change in mesh.watch_products(filter='name = "products/1"', include_current=True):
        if change.product:
            print(change.change_type, change.product.display_name, "until", change.position, file=sys.stderr)
            # endregion
            word = change.product.display_name.split()[-1]
            kind = change.change_type.removeprefix("CHANGE_TYPE_")
            seen.append(kind if kind == "CURRENT" else f"{kind} {word}")
            print(json.dumps({"change": seen[-1]}), flush=True)
            if len(seen) == 3:
                break
    return {"seen": ",".join(seen)}


def write():
    wish = f"po-{uuid.uuid4()}"
    # region write
    line = types.OrderLineInput(product="products/1", quantity=Decimal("10"), unit_price=Money("EUR", Decimal("3.05")))
    order = types.OrderInput(supplier=an_order().supplier, currency_code="EUR", lines=[line])
    made = mesh.create_order(order, request_id=wish)
    again = mesh.create_order(order, request_id=wish)  # such as after a crash: nothing is ordered twice
    # endregion
    return {"same": made.order.name == again.order.name, "state": made.order.state}


def an_order():
    return mesh.get_order("orders/1")


def stale():
    # region stale
    impatient = Mesh(os.environ["MESH_URL"], token=os.environ.get("MESH_TOKEN"), patience=0)
    try:
        impatient.get_order("orders/1", read_mode_max_staleness="0s")
    except errors.Stale as refusal:
        copy = mesh.get_order("orders/1")  # as it was, and copy.provenance says when that was
        # endregion
        assert copy.provenance.verified_time
        return {"reason": refusal.reason, "retry": refusal.retry}


def owner():
    # region owner
    try:
        mesh.update_product("products/2", types.ProductInput(gtin="04006381333931"))
    except Refusal as refusal:
        told = {"reason": refusal.reason, "retry": refusal.retry, "field": ",".join(refusal.fields)}
        # endregion
        return told


print(json.dumps(globals()[sys.argv[1]]()))
