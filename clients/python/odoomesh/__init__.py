"""odoomesh: canonical supply data over Odoo, from Python.

The standard library is all it needs. docs/clients.md shows how it is used.
"""

from . import errors, types
from ._call import Pages, new_request_id
from ._values import Money
from .errors import MeshError, Refusal, Unreachable
from .methods import Methods
from .types import Reason


class Mesh(Methods):
    """A mesh, by its address."""


__all__ = ["Mesh", "MeshError", "Money", "Pages", "Reason", "Refusal", "Unreachable", "errors", "new_request_id", "types"]
