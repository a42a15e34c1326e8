"""Files a person is about to import, kept sealed between preview and yes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Addressed, Base
from webapp.models.types import Sealed


class Upload(Addressed, Base):
    __tablename__ = "upload"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(index=True)
