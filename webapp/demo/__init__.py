"""A filled database to look around in: seven people and those whom one of them cares for, their goals, and a lifelike
year up to today."""

from webapp.demo.fill import Made, Refusal, fill

__all__ = ["Made", "Refusal", "fill"]
