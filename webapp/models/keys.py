"""The keys that seal people's words, themselves wrapped by the keys the operator holds (FIELD_KEYS)."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, Numbered


class DataKey(Numbered, Base):
    """One person's key, wrapped; erasure deletes the row, and with it every word it sealed is gone."""

    __tablename__ = "data_key"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    wrapped_by: Mapped[str] = mapped_column(String(16), index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary(80))
    created_at: Mapped[datetime]
