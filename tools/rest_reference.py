#!/usr/bin/env python3
"""Writes docs/reference/rest.md from schema/openapi.json; --check only says whether it is fresh."""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "schema" / "openapi.json"
PAGE = ROOT / "docs" / "reference" / "rest.md"


def follow(api, value):
    """The value behind a reference, or the value itself."""
    if not isinstance(value, dict) or "$ref" not in value:
        return value
    found = api
    for key in value["$ref"][2:].split("/"):
        found = found[key]
    return found


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell(text) for text in row) + " |" for row in rows]
    return lines + [""]


def type_text(schema):
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        return f"[{name}](#{name.lower()})"
    if "oneOf" in schema:
        return " or ".join(type_text(choice) for choice in schema["oneOf"])
    if schema.get("type") == "array":
        return type_text(schema["items"]) + "[]"
    kind = schema.get("type", "any")
    return kind if isinstance(kind, str) else " or ".join(kind)


def bounds_text(schema):
    parts = []
    if "enum" in schema:
        parts.append("one of " + ", ".join(f"`{word}`" for word in schema["enum"] if word))
    if "minimum" in schema:
        parts.append(f"from {schema['minimum']}")
    if "maximum" in schema:
        parts.append(f"to {schema['maximum']}")
    if "maxLength" in schema:
        parts.append(f"at most {schema['maxLength']} bytes")
    if "maxItems" in schema:
        parts.append(f"at most {schema['maxItems']} items")
    if schema.get("default") is not None:
        parts.append(f"default `{json.dumps(schema['default'])}`")
    return "; ".join(parts)


def curl(method, path, content_type, example):
    line = f"curl -X {method.upper()} 'http://localhost:8080{path}'"
    body = json.dumps(example, ensure_ascii=False)
    return line + f" \\\n  -H 'Content-Type: {content_type}' \\\n  -d '{body}'"


def address(api, path, operation):
    """The path with the examples of its parameters."""
    for parameter in operation.get("parameters", []):
        parameter = follow(api, parameter)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", parameter["example"])
    return path


def operation_lines(api, path, method, operation):
    lines = [f"### {operation['summary']}", "", f"`{method.upper()} {path}`", ""]
    if "description" in operation:
        lines += [operation["description"], ""]
    parameters = [follow(api, parameter) for parameter in operation.get("parameters", [])]
    if parameters:
        rows = [(f"`{p['name']}`", p["in"], p["description"], bounds_text(p["schema"]))
                for p in parameters]
        lines += table(("parameter", "in", "meaning", "bounds"), rows)
    for content_type, content in operation.get("requestBody", {}).get("content", {}).items():
        optional = "" if operation["requestBody"].get("required") else " (optional)"
        lines += [f"Body{optional}: {type_text(content['schema'])} as `{content_type}`.", ""]
        example = next(iter(content["examples"].values()))
        lines += ["```sh", curl(method, address(api, path, operation), content_type,
                                example["value"]), "```", ""]
    rows = []
    for status, response in operation["responses"].items():
        answer = follow(api, response)
        forms = {type_text(content["schema"]) for content in answer.get("content", {}).values()}
        rows.append((status, answer["description"], " or ".join(sorted(forms))))
    return lines + table(("status", "meaning", "body"), rows)


def schema_lines(name, schema):
    lines = [f"### {name}", "", schema.get("description", ""), ""]
    parts = [part for part in schema.get("allOf", []) + schema.get("oneOf", []) if "$ref" in part]
    for part in parts:
        lines += [f"As {type_text(part)}.", ""]
    required = schema.get("required", [])
    rows = [(f"`{key}`" + ("" if key in required else " (optional)"), type_text(value),
             value.get("description", ""), bounds_text(value))
            for key, value in schema.get("properties", {}).items()]
    return lines + (table(("member", "type", "meaning", "bounds"), rows) if rows else [])


def page(api):
    lines = ["# REST reference", "", "Generated from `schema/openapi.json`; do not edit.", "",
             api["info"]["description"], ""]
    for tag in api["tags"]:
        lines += [f"## {tag['name']}", "", tag["description"], ""]
        for path, methods in api["paths"].items():
            for method, operation in methods.items():
                if operation["tags"][0] == tag["name"]:
                    lines += operation_lines(api, path, method, operation)
    lines += ["## Schemas", ""]
    for name, schema in api["components"]["schemas"].items():
        lines += schema_lines(name, schema)
    return "\n".join(lines).rstrip() + "\n"


def main():
    text = page(json.loads(SCHEMA.read_text(encoding="utf-8")))
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is stale. Run tools/rest_reference.py and commit the page.",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
