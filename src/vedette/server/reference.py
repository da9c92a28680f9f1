"""/api/docs: a page to read and try the REST interface, written from /openapi.json, all served from here."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

PAGE = Path(__file__).parent / "page"
Schema = dict[str, Any]


def routes(app: FastAPI) -> list[Route]:
    """The page, its script and its style."""

    async def docs(_: Request) -> Response:
        return HTMLResponse(render(app.openapi()))

    async def asset(request: Request) -> Response:
        return FileResponse(PAGE / request.url.path.rsplit("/", 1)[1])

    return [
        Route("/api/docs", docs),
        Route("/api/docs/reference.js", asset),
        Route("/api/docs/reference.css", asset),
    ]


def render(openapi: Schema) -> str:
    """The whole interface as one HTML page."""
    operations = [
        operation(path, method, what)
        for path, methods in sorted(openapi["paths"].items())
        for method, what in methods.items()
    ]
    models = [model(name, schema) for name, schema in sorted(openapi["components"]["schemas"].items())]
    title = f"{escape(openapi['info']['title'])} {escape(openapi['info']['version'])}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}: REST interface</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/reference.css">
<script src="/api/docs/reference.js" defer></script></head>
<body><h1>{title}: REST interface</h1>
<p>{escape(openapi["info"].get("summary", ""))}
The machine-readable form is <a href="/openapi.json">/openapi.json</a>.
Times are Unix seconds, angles degrees, lengths metres. <a href="/">Back to the picture</a>.</p>
{"".join(operations)}<h2>Answers and bodies</h2>{"".join(models)}</body></html>"""


def operation(path: str, method: str, what: Schema) -> str:
    """One path with a form to try it."""
    fields = "".join(
        f'<label>{escape(p["name"])} <input name="{escape(p["name"])}" data-in="{escape(p["in"])}"></label>'
        for p in what.get("parameters", [])
    )
    body = what.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body is not None:
        fields += f"<label>body, {kind(body)} <textarea name='body'>{{}}</textarea></label>"
    answers = ", ".join(
        f"{code}: {kind(schema_of(answer)) or escape(answer['description'])}"
        for code, answer in what["responses"].items()
    )
    return f"""<section><h2><b class="{method}">{method.upper()}</b> <code>{escape(path)}</code></h2>
<p>{escape(what.get("description", ""))}</p><p>Answers {answers}.</p>
<form data-method="{method.upper()}" data-path="{escape(path)}">{fields}<button>Try</button></form>
<pre hidden></pre></section>"""


def schema_of(answer: Schema) -> Schema:
    schema: Schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def model(name: str, schema: Schema) -> str:
    """One message as a table of its fields."""
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code></td><td>{kind(what)}</td></tr>"
        for field, what in schema.get("properties", {}).items()
    )
    text = escape(schema.get("description", ""))
    return f'<section id="{escape(name)}"><h3>{escape(name)}</h3><p>{text}</p><table>{rows}</table></section>'


def kind(schema: Schema) -> str:
    """A schema's type in few words, with links to the messages it names."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(kind(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(escape(str(choice)) for choice in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {})) or 'values'}"
    if "additionalProperties" in schema and isinstance(schema["additionalProperties"], dict):
        return f"map of {kind(schema['additionalProperties'])}"
    return escape(str(schema.get("const", schema.get("type", ""))))
