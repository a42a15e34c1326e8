"""A filled database to look around in: seven people, their goals, and a lifelike year up to today."""

from webapp.demo.fill import Made, Refusal, fill

__all__ = ["Made", "Refusal", "fill"]
