"""Commands of the operator, `flask --app wsgi COMMAND`: any doubt ends with a message on stderr and a status not 0."""

from flask import Flask

from webapp.cli.admins import create_admin, let_in, lost_factor
from webapp.cli.clients import client
from webapp.cli.commands import bring, demo, doctor, purge, rotate_keys, take_out, worker
from webapp.cli.keys import key
from webapp.cli.tokens import token


def init_app(app: Flask) -> None:
    """The app knows our commands."""
    operators = (demo, worker, bring, take_out, doctor, purge, rotate_keys, token, key, client)
    for command in (*operators, create_admin, let_in, lost_factor):
        app.cli.add_command(command)
