"""moods and erasure"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
AT_ONCE = 500


def upgrade() -> None:
    op.add_column("person", sa.Column("erase_at", INSTANT, nullable=True))
    op.add_column("person", sa.Column("country", sa.String(length=2), nullable=True))
    op.create_index("ix_person_erase_at", "person", ["erase_at"])
    label = op.create_table(
        "mood_label",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hidden_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_mood_label_level")),
        sa.CheckConstraint("name IS NOT NULL OR level IS NOT NULL", name=op.f("ck_mood_label_says_something")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_mood_label_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mood_label")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mood_label_public_id")),
        sa.UniqueConstraint("owner_id", "fingerprint", name=op.f("uq_mood_label_owner_id_fingerprint")),
    )
    op.create_table(
        "mood_reason",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hidden_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_mood_reason_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mood_reason")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mood_reason_public_id")),
        sa.UniqueConstraint("owner_id", "fingerprint", name=op.f("uq_mood_reason_owner_id_fingerprint")),
    )
    op.create_table(
        "mood",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("label_id", KEY, nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("energy", sa.Integer(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_uid", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_mood_level")),
        sa.CheckConstraint("energy BETWEEN 1 AND 5", name=op.f("ck_mood_energy")),
        sa.CheckConstraint("source IN ('page', 'api', 'import', 'offline')", name=op.f("ck_mood_source")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mood_person_id")),
        sa.ForeignKeyConstraint(["label_id"], ["mood_label.id"], name=op.f("fk_mood_label_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mood")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mood_public_id")),
        sa.UniqueConstraint("person_id", "source_uid", name=op.f("uq_mood_person_id_source_uid")),
    )
    op.create_index(
        "ix_mood_person_id_local_date_deleted_at_level", "mood", ["person_id", "local_date", "deleted_at", "level"]
    )
    op.create_index("ix_mood_label_id", "mood", ["label_id"])
    op.create_table(
        "mood_because",
        sa.Column("mood_id", KEY, nullable=False),
        sa.Column("reason_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["mood_id"], ["mood.id"], name=op.f("fk_mood_because_mood_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["mood_reason.id"], name=op.f("fk_mood_because_reason_id")),
        sa.PrimaryKeyConstraint("mood_id", "reason_id", name=op.f("pk_mood_because")),
    )
    op.create_index("ix_mood_because_reason_id", "mood_because", ["reason_id"])
    op.create_table(
        "mood_revision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mood_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["mood_id"], ["mood.id"], name=op.f("fk_mood_revision_mood_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mood_revision")),
        sa.UniqueConstraint("mood_id", "number", name=op.f("uq_mood_revision_mood_id_number")),
    )
    _give_palettes(label)


def downgrade() -> None:
    for table in ("mood_revision", "mood_because", "mood", "mood_reason", "mood_label"):
        op.drop_table(table)
    op.drop_index("ix_person_erase_at", "person")
    op.drop_column("person", "country")
    op.drop_column("person", "erase_at")


def _give_palettes(label: sa.Table) -> None:
    """Everybody who is here already gets the five usual labels, as a new person does."""
    person = sa.table("person", sa.column("id", KEY), sa.column("deleted_at", INSTANT))
    now = datetime.now(UTC)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    ids = list(op.get_bind().scalars(sa.select(person.c.id).where(person.c.deleted_at.is_(None)).order_by(person.c.id)))
    for begin in range(0, len(ids), AT_ONCE):
        rows = [
            {
                "public_id": secrets.token_hex(12),
                "owner_id": owner_id,
                "level": level,
                "position": 5 - level,
                "created_at": now,
            }
            for owner_id in ids[begin : begin + AT_ONCE]
            for level in (5, 4, 3, 2, 1)
        ]
        op.bulk_insert(label, rows)
