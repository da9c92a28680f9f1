"""`vedette token`: what machines show instead of signing in."""

from __future__ import annotations

from typing import Annotated

import typer

from vedette import clock
from vedette.cli.door import SITE, RoleName, SiteOption, caller_on_this_machine, door_of
from vedette.cli.output import Json, print_json, say

app = typer.Typer(no_args_is_help=True, help="Bearer tokens: scripts and other systems that ask the server.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the machine is called in the log.")],
    role: Annotated[RoleName, typer.Option("--role", help="What it may do.")] = "viewer",
    days: Annotated[float, typer.Option("--days", min=0.01, max=3650, help="How long it holds.")] = 90.0,
    site: SiteOption = SITE,
    json: Json = False,
) -> None:
    """Make a token. It is shown this once and kept as a hash only.

    \b
    Examples:
      vedette token create prometheus
      vedette token create "range gateway" --role operator --days 7
      curl -H "Authorization: Bearer vdt_..." https://picture.example:8700/api/tracks
    """
    from vedette.types import Role

    door = door_of(site)
    token, text = door.tokens.create(name, Role(role), clock.from_seconds(days * 86_400.0))
    told = {"id": token.id, "name": token.name, "role": role, "expires": clock.iso(token.expires)}
    door.log.append(caller_on_this_machine(), "token made", told)
    if json:
        print_json({**told, "token": text})
        return
    say(f"{token.name} ({token.id}) is {role} until {told['expires']}. The token, shown this once:")
    print(text)


@app.command("list")
def list_(site: SiteOption = SITE, json: Json = False) -> None:
    """List the tokens, without what they say.

    \b
    Examples:
      vedette token list
    """
    tokens, now = door_of(site).tokens.all(), clock.wall()
    rows = [
        {
            "id": token.id,
            "name": token.name,
            "role": token.role.value,
            "expires": clock.iso(token.expires),
            "state": "revoked" if token.revoked else "expired" if token.expires <= now else "good",
        }
        for token in tokens
    ]
    if json:
        print_json({"tokens": rows})
        return
    for row in rows:
        print(f"{row['id']}  {row['name']:<24} {row['role']:<9} {row['state']:<8} until {row['expires']}")
    if not rows:
        print("There are no tokens yet; make one with `vedette token create`.")


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="The token's name or id.")], site: SiteOption = SITE
) -> None:
    """End a token at once.

    \b
    Examples:
      vedette token revoke prometheus
    """
    door = door_of(site)
    token = door.tokens.revoke(name)
    door.log.append(caller_on_this_machine(), "token revoked", {"id": token.id, "name": token.name})
    print(f"{token.name} is not let in any more.")
