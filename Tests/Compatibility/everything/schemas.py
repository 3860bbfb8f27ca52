"""An input schema with the keywords of JSON Schema 2020-12."""

from typing import Any

DIALECT_2020_12: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {"$anchor": "address", "type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}},
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contact": {"anyOf": [{"type": "string"}, {"$ref": "#address"}]},
        "age": {"allOf": [{"type": "integer"}, {"minimum": 0}]},
        "elsewhere": {"$ref": "https://schemas.example.org/never-fetched.json"},
    },
    "if": {"required": ["age"]},
    "then": {"required": ["name"]},
    "else": {"properties": {"name": {"default": "nobody"}}},
    "additionalProperties": False,
}
