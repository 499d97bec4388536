"""Writes odoomesh/types.py and odoomesh/methods.py from the OpenAPI document:

    python3 clients/python/generate.py gen/openapi/mesh.openapi.json clients/python/odoomesh
"""

import json
import keyword
import pathlib
import re
import sys

SPECIAL = {"google.type.Decimal": "Decimal", "google.type.Date": "date", "google.type.Money": "Money"}
FRAMES = {"ErrorInfo", "BadRequest", "PreconditionFailure", "ResourceInfo", "RetryInfo", "RequestInfo", "Refusal"}
NOTE = '"""Generated from the OpenAPI document by generate.py: change that, or the contract."""\n'

document = json.loads(pathlib.Path(sys.argv[1]).read_text())
schemas = document["components"]["schemas"]


def snake(name):
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace(".", "_").replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


def class_names():
    """A schema is called by its last word, and by its domain too where that is not its alone."""
    short = {}
    for full in schemas:
        parts = full.removesuffix(".Input").split(".")
        words = [p for p in parts if p[:1].isupper()] or parts[-1:]
        short.setdefault("".join(words), []).append(full)
    names = {}
    for word, fulls in short.items():
        domains = {f.split(".")[1] for f in fulls if f.startswith("mesh.")}
        for full in fulls:
            name = word
            if len(domains) > 1 and full.startswith("mesh."):
                name = full.split(".")[1].capitalize() + word
            names[full] = name + ("Input" if full.endswith(".Input") else "")
    return names


NAMES = class_names()


def kind(schema, prefix=""):
    """The Python type of a schema."""
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return kind(schema["allOf"][0], prefix)
    if ref := schema.get("$ref"):
        full = ref.removeprefix("#/components/schemas/")
        return SPECIAL.get(full.removesuffix(".Input")) or prefix + NAMES[full]
    match schema.get("type"), schema.get("format"):
        case "array", _:
            return f"list[{kind(schema['items'], prefix)}]"
        case "string", "int64" | "uint64":
            return "int"
        case "string", "date-time":
            return "datetime"
        case "string", "byte":
            return "bytes"
        case "string", _:
            return "str"
        case "integer", _:
            return "int"
        case "number", _:
            return "float"
        case "boolean", _:
            return "bool"
        case "object", _ if isinstance(schema.get("additionalProperties"), dict):
            return f"dict[str, {kind(schema['additionalProperties'], prefix)}]"
    return "Any"


def comment(text, indent):
    words, lines = text.replace('"""', "'''").replace("\\", "\\\\").split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 100 - indent:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return ("\n" + " " * indent).join(lines)


def types():
    out = [NOTE, "from __future__ import annotations\n", "from dataclasses import dataclass, field", "from datetime import date, datetime",
           "from decimal import Decimal", "from enum import StrEnum", "from typing import Any\n", "from ._values import Money\n"]
    for full in sorted(schemas, key=lambda f: NAMES[f]):
        schema, name = schemas[full], NAMES[full]
        if full.removesuffix(".Input") in SPECIAL or full in FRAMES:
            continue
        about = comment(schema.get("description", name) + " ", 4)
        if "enum" in schema:
            out.append(f'\nclass {name}(StrEnum):\n    """{about}"""\n')
            out += [f'    {value} = "{value}"' for value in schema["enum"]]
            continue
        out.append(f'\n@dataclass(kw_only=True, slots=True)\nclass {name}:\n    """{about}"""\n')
        properties = schema.get("properties", {})
        for json_name, p in properties.items():
            made, always = kind(p), json_name in schema.get("required", ()) and not full.endswith(".Input")
            if made.startswith("list["):
                value = "field(default_factory=list)"
            elif made.startswith("dict["):
                value = "field(default_factory=dict)"
            else:
                made, value = f"{made} | None", "None"
            out.append(f"    {snake(json_name)}: {made} = {value}")
            if about := p.get("description"):
                out.append(f'    """{comment(about, 4)}"""')
        if not properties:
            out.append("    pass")
    return "\n".join(out) + "\n"


def operation(path, verb, op):
    """One method of the client."""
    places, arguments, query = [], [], []
    for found in re.finditer(r"([a-zA-Z]+)/\{(\w+)\}", path):
        places.append((found.group(0), snake(found.group(2))))
    for p in op.get("parameters", []):
        if p["in"] == "query" and p["name"] not in ("pageToken", "requestId") and "[" not in p["name"]:
            made = kind(p["schema"], "types.")
            made = "str | datetime" if made == "datetime" else made
            (arguments if p.get("required") else query).append((snake(p["name"]), made, p["name"]))
    content = op["responses"]["200"]["content"]
    stream = "text/event-stream" in content
    answer = kind(next(iter(content.values()))["schema"]["anyOf"][0] if stream else content["application/json"]["schema"], "types.")
    headers = {p["name"] for p in op.get("parameters", []) if p["in"] == "header"}
    body = op.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if op.get("requestBody") and not body:
        return None  # lines of an import
    signature = [f"{name}: str" for _, name in places] + [f"{n}: {t}" for n, t, _ in arguments]
    parts = []
    if body and "$ref" in body:
        signature.append(f"body: {kind(body, 'types.')}")
        parts.append("body=body")
    elif body is not None:
        for json_name, p in body.get("properties", {}).items():
            if json_name == "requestId":
                continue
            needed = json_name in body.get("required", ())
            query.append((snake(json_name), kind(p, "types."), None)) if not needed else signature.append(f"{snake(json_name)}: {kind(p, 'types.')}")
        fields = ", ".join(f'"{j}": {snake(j)}' for j in body.get("properties", {}) if j != "requestId")
        parts.append("body={" + fields + "}")
    signature.append("*")
    signature += [f"{n}: {t} | None = None" for n, t, _ in query]
    pairs = ", ".join(f'"{j}": {n}' for n, _, j in arguments + query if j)
    if pairs:
        parts.append("query={" + pairs + "}")
    if "Idempotency-Key" in headers:
        signature.append("request_id: str | None = None")
        parts.append("request_id=request_id or new_request_id()")
    url = path
    for whole, name in places:
        url = url.replace(whole, "{_name(" + name + ")}")
    url = f'f"{url}"' if places else f'"{url}"'
    if signature[-1] == "*":
        signature.pop()
    name, about = snake(op["operationId"]), comment(op["description"] + " ", 8)
    head = f"    def {name}(self, {', '.join(signature)}) -> ".replace("(self, )", "(self)")
    if stream:
        return f'{head}Iterator[{answer}]:\n        """{about}"""\n        return self._watch({url}, {answer}, {", ".join(parts)})\n'
    records = [(j, p) for j, p in schemas.get(full_of(content), {}).get("properties", {}).items() if p.get("type") == "array"]
    if "nextPageToken" in schemas.get(full_of(content), {}).get("properties", {}) and records:
        record = kind(records[0][1]["items"], "types.")
        return f'{head}Pages[{record}, {answer}]:\n        """{about}"""\n        return Pages(self, {url}, {answer}, "{snake(records[0][0])}", {", ".join(parts)})\n'
    return f'{head}{answer}:\n        """{about}"""\n        return self._call("{verb.upper()}", {url}, {answer}, {", ".join(parts)})\n'.replace(", )", ")")


def full_of(content):
    return content.get("application/json", {}).get("schema", {}).get("$ref", "").removeprefix("#/components/schemas/")


def methods():
    out = [NOTE, "from __future__ import annotations\n", "from collections.abc import Iterator", "from datetime import date, datetime", "from decimal import Decimal",
           "from typing import Any\n", "from . import types", "from ._call import Caller, Pages, new_request_id", "from ._values import Money", "from ._values import name as _name\n\n",
           "class Methods(Caller):", '    """One method for each operation of the mesh."""\n']
    for path, verbs in document["paths"].items():
        for verb, op in verbs.items():
            if made := operation(path, verb, op):
                out.append(made)
    return "\n".join(out)


folder = pathlib.Path(sys.argv[2])
(folder / "types.py").write_text(types())
(folder / "methods.py").write_text(methods())
