"""reminders that come: when next, what came of each, by which channels, and how domains take our mails"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OF_GOAL = "goal_id IS NOT NULL AND once IS NULL"


def upgrade() -> None:
    op.add_column("goal", sa.Column("remind_anyway", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("outbox_message", sa.Column("domain", sa.String(length=255), nullable=True))
    waiting = sa.text("sent_at IS NULL AND failed_at IS NULL")
    op.create_index(
        "ix_outbox_message_waiting",
        "outbox_message",
        ["due_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )

    # Nothing refers to a reminder yet, so its table is made anew with what there was.
    op.execute(
        "CREATE TABLE kept_reminder AS SELECT reminder.id, reminder.public_id, goal.owner_id AS person_id,"
        " reminder.goal_id, reminder.wall, reminder.created_at FROM reminder JOIN goal ON goal.id = reminder.goal_id"
    )
    op.drop_table("reminder")
    op.create_table(
        "reminder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("goal_id", KEY, nullable=True),
        sa.Column("wall", sa.Time(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("once", sa.Date(), nullable=True),
        sa.Column("next_day", sa.Date(), nullable=True),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("about IN ('goal', 'reading', 'mood', 'reviews', 'digest')", name=op.f("ck_reminder_about")),
        sa.CheckConstraint("(about = 'goal') = (goal_id IS NOT NULL)", name=op.f("ck_reminder_of_a_goal")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_reminder_goal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reminder_public_id")),
    )
    op.create_index(op.f("ix_reminder_next_at"), "reminder", ["next_at"])
    op.create_index(op.f("ix_reminder_person_id_next_at"), "reminder", ["person_id", "next_at"])
    for name, columns, where in (
        ("uq_reminder_own", ["goal_id", "wall", "days"], OF_GOAL),
        ("uq_reminder_once", ["goal_id", "once"], "once IS NOT NULL"),
        ("uq_reminder_about", ["person_id", "about"], "goal_id IS NULL"),
    ):
        condition = sa.text(where)
        op.create_index(name, "reminder", columns, unique=True, sqlite_where=condition, postgresql_where=condition)
    # The planner finds the day: what has no `next_day` begins with the next time to come.
    op.execute(
        "INSERT INTO reminder (id, public_id, person_id, about, goal_id, wall, days, next_at, created_at)"
        " SELECT id, public_id, person_id, 'goal', goal_id, wall, 0, created_at, created_at FROM kept_reminder"
    )
    op.drop_table("kept_reminder")
    _number_on()

    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reminder_id", KEY, nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'push', 'page')", name=op.f("ck_delivery_channel")),
        sa.ForeignKeyConstraint(["message_id"], ["outbox_message.id"], name=op.f("fk_delivery_message_id")),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminder.id"], name=op.f("fk_delivery_reminder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "reminder_id", "local_date", "channel", name=op.f("uq_delivery_reminder_id_local_date_channel")
        ),
    )
    op.create_index(op.f("ix_delivery_at"), "delivery", ["at"])
    op.create_index(op.f("ix_delivery_message_id"), "delivery", ["message_id"])

    op.create_table(
        "reminder_setting",
        sa.Column("person_id", KEY, autoincrement=False, nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("detail", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("quiet_since", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(quiet_since IS NULL) = (quiet_until IS NULL)", name=op.f("ck_reminder_setting_whole_quiet")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_setting_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reminder_setting")),
    )

    op.create_table(
        "push_subscription",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("sign_in_id", KEY, nullable=True),
        sa.Column("endpoint_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_push_subscription_person_id")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_push_subscription_sign_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_subscription_endpoint_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_push_subscription_public_id")),
    )
    op.create_index(op.f("ix_push_subscription_person_id"), "push_subscription", ["person_id"])
    op.create_index(op.f("ix_push_subscription_sign_in_id"), "push_subscription", ["sign_in_id"])

    op.create_table(
        "mail_pace",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("hold_until", INSTANT, nullable=True),
        sa.Column("slow_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_mail_pace")),
    )


def downgrade() -> None:
    for name in ("mail_pace", "push_subscription", "reminder_setting", "delivery"):
        op.drop_table(name)
    op.execute(
        "CREATE TABLE kept_reminder AS SELECT min(id) AS id, min(public_id) AS public_id, goal_id, wall,"
        " min(created_at) AS created_at FROM reminder WHERE goal_id IS NOT NULL AND once IS NULL GROUP BY goal_id, wall"
    )
    op.drop_table("reminder")
    op.create_table(
        "reminder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("wall", sa.Time(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_reminder_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reminder_public_id")),
        sa.UniqueConstraint("goal_id", "wall", name=op.f("uq_reminder_goal_id_wall")),
    )
    op.execute(
        "INSERT INTO reminder (id, public_id, goal_id, wall, created_at)"
        " SELECT id, public_id, goal_id, wall, created_at FROM kept_reminder"
    )
    op.drop_table("kept_reminder")
    _number_on()
    op.drop_index("ix_outbox_message_waiting", "outbox_message")
    op.drop_column("outbox_message", "domain")
    op.drop_column("goal", "remind_anyway")


def _number_on() -> None:
    """PostgreSQL goes on after the numbers that were written by hand; SQLite does so by itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('reminder', 'id'), coalesce((SELECT max(id) FROM reminder), 0) + 1,"
            " false)"
        )
