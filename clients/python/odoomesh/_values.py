"""How values of JSON become values of Python, and back."""

from __future__ import annotations

import base64
import dataclasses
import functools
import re
import types
import typing
import urllib.parse
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import StrEnum


@dataclasses.dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, exact."""

    currency_code: str
    amount: Decimal


def name(of: str) -> str:
    """A record's name as it stands in a path: what the slash separates stays apart."""
    return "/".join(urllib.parse.quote(part, safe="") for part in of.split("/", 1))


def json_name(field: str) -> str:
    first, *rest = field.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


@functools.cache
def fields(of: type) -> dict[str, tuple[str, object]]:
    """The fields of a class by their names in JSON."""
    hints = typing.get_type_hints(of)
    return {json_name(f.name): (f.name, hints[f.name]) for f in dataclasses.fields(of)}


def decode(value, into):
    """Makes a value of the type of what JSON says. What the type does not know is passed over."""
    origin = typing.get_origin(into)
    if origin in (types.UnionType, typing.Union):
        into = next(arm for arm in typing.get_args(into) if arm is not type(None))
        origin = typing.get_origin(into)
    if value is None or into is typing.Any:
        return value
    if origin is list:
        return [decode(item, typing.get_args(into)[0]) for item in value]
    if origin is dict:
        return {key: decode(item, typing.get_args(into)[1]) for key, item in value.items()}
    if into is Decimal:
        return Decimal(value["value"])
    if into is Money:
        cents = Decimal(value["nanos"]).scaleb(-9).normalize() if value["nanos"] else 0
        return Money(value["currencyCode"], Decimal(value["units"]) + cents)
    if into is date:
        return date(value["year"], value["month"], value["day"]) if value["year"] and value["month"] and value["day"] else None
    if into is datetime:
        # Python counts in microseconds.
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value))
    if into is bytes:
        return base64.b64decode(value)
    if into is int:
        return int(value)
    if isinstance(into, type) and issubclass(into, StrEnum):
        # A value that is newer than this client stays a text.
        return into(value) if value in into.__members__ else value
    if dataclasses.is_dataclass(into):
        known = fields(into)
        return into(**{known[key][0]: decode(item, known[key][1]) for key, item in value.items() if key in known})
    return value


def encode(value):
    """What JSON says of a value. None and what is empty are left out of records."""
    match value:
        case bool() | str() | None | float():
            return value
        case int():
            return value
        case Decimal():
            return {"value": format(value, "f")}
        case Money():
            units = int(value.amount)
            return {"currencyCode": value.currency_code, "units": str(units), "nanos": int((value.amount - units).scaleb(9))}
        case datetime():
            return text(value)
        case date():
            return {"year": value.year, "month": value.month, "day": value.day}
        case bytes():
            return base64.b64encode(value).decode()
        case list() | tuple():
            return [encode(item) for item in value]
        case dict():
            return {key: encode(item) for key, item in value.items() if item is not None}
    return {key: encode(item) for key, (attribute, _) in fields(type(value)).items() if (item := getattr(value, attribute)) not in (None, [], {})}


def text(value) -> str:
    """A value as it stands in a query."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return (value if value.tzinfo else value.astimezone()).astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return ",".join(text(item) for item in value)
    return str(value)


def query(of: dict) -> str:
    """The query of a call; what is None is left out, and a list is a parameter each."""
    pairs = []
    for key, value in of.items():
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if item is not None:
                pairs.append((key, text(item)))
    return urllib.parse.urlencode(pairs)
