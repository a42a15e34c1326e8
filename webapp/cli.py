"""Placeholder until its engineer's file arrives."""

from flask import Flask


def init_app(app: Flask) -> None:
    pass
