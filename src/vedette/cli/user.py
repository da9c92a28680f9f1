"""`vedette user`: the accounts of a site."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vedette import clock
from vedette.cli.door import SITE, RoleName, SiteOption, ask_password, caller_on_this_machine, door_of
from vedette.cli.output import Json, print_json

app = typer.Typer(no_args_is_help=True, help="Accounts: who may see and act on a site's page.")
Name = Annotated[str, typer.Argument(help="The person's name.")]
RoleOption = Annotated[
    RoleName, typer.Option("--role", help="viewer sees, operator acts, admin sees to people.")
]


@app.command()
def add(name: Name, role: RoleOption = "viewer", site: SiteOption = SITE) -> None:
    """Make an account.

    The password is asked for, or read from standard input; it is never an argument, which others could see.

    \b
    Examples:
      vedette user add "Duty officer" --role operator
      vedette user add anna --role admin --site base/site.toml < password.txt
    """
    from vedette.types import Role

    door = door_of(site)
    account = door.accounts.add(name, Role(role), ask_password())
    door.log.append(caller_on_this_machine(), "account made", {"name": account.name, "role": role})
    print(f"{account.name} is {role} now, and can sign in.")


@app.command("list")
def list_(site: SiteOption = SITE, json: Json = False) -> None:
    """List the accounts.

    \b
    Examples:
      vedette user list
      vedette user list --json
    """
    accounts = door_of(site).accounts.all()
    if json:
        print_json({"accounts": [row(account) for account in accounts]})
        return
    for account in accounts:
        last = "never signed in" if account.signed_in is None else f"signed in {clock.iso(account.signed_in)}"
        print(f"{account.name:<24} {account.role:<9} {'disabled' if account.disabled else last}")
    if not accounts:
        print("There are no accounts yet; make one with `vedette user add`.")


def row(account: Any) -> dict[str, Any]:
    last = account.signed_in
    return {
        "name": account.name,
        "role": account.role.value,
        "disabled": account.disabled,
        "created": clock.iso(account.created),
        "signed_in": None if last is None else clock.iso(last),
    }


@app.command()
def role(
    name: Name,
    to: Annotated[RoleName, typer.Argument(help="viewer, operator or admin.")],
    site: SiteOption = SITE,
) -> None:
    """Give somebody another role, at once.

    \b
    Examples:
      vedette user role anna operator
    """
    from vedette.types import Role

    door = door_of(site)
    account = door.accounts.set_role(name, Role(to))
    door.log.append(caller_on_this_machine(), "role changed", {"name": account.name, "role": to})
    print(f"{account.name} is {to} now.")


@app.command()
def password(name: Name, site: SiteOption = SITE) -> None:
    """Give somebody another password; whoever is signed in under that name is signed out.

    \b
    Examples:
      vedette user password anna
    """
    door = door_of(site)
    account = door.accounts.find(name)
    door.accounts.set_password(name, ask_password())
    door.log.append(caller_on_this_machine(), "password changed", {"name": account.name})
    print(f"{account.name} has a new password, and must sign in again.")


@app.command()
def disable(
    name: Name,
    site: SiteOption = SITE,
    undo: Annotated[bool, typer.Option("--undo", help="Let this one sign in again.")] = False,
) -> None:
    """Keep somebody out without forgetting the account; a page that is open is closed.

    \b
    Examples:
      vedette user disable anna
      vedette user disable anna --undo
    """
    door = door_of(site)
    account = door.accounts.disable(name, not undo)
    what = "account enabled" if undo else "account disabled"
    door.log.append(caller_on_this_machine(), what, {"name": account.name})
    print(f"{account.name} {'can sign in again' if undo else 'is signed out and cannot sign in'}.")


@app.command()
def remove(name: Name, site: SiteOption = SITE) -> None:
    """Remove an account; what was done under it stays in the log.

    \b
    Examples:
      vedette user remove anna
    """
    door = door_of(site)
    account = door.accounts.find(name)
    door.accounts.remove(name)
    door.log.append(caller_on_this_machine(), "account removed", {"name": account.name})
    print(f"{account.name} is removed.")
