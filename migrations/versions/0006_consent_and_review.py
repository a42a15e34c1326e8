"""consent with its record, review rounds, proposals, closings and comments"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "therapist_code",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_therapist_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_therapist_code")),
        sa.UniqueConstraint("code", name=op.f("uq_therapist_code_code")),
        sa.UniqueConstraint("person_id", name=op.f("uq_therapist_code_person_id")),
    )
    op.create_table(
        "comment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("between_id", KEY, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["between_id"], ["person.id"], name=op.f("fk_comment_between_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_comment_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_comment_public_id")),
    )
    op.create_index(op.f("ix_comment_author_id"), "comment", ["author_id"], unique=False)
    op.create_index(op.f("ix_comment_between_id"), "comment", ["between_id"], unique=False)
    op.create_index(op.f("ix_comment_goal_id_at"), "comment", ["goal_id", "at"], unique=False)
    op.create_table(
        "goal_closing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("closed_by_id", KEY, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("acknowledged_by_id", KEY, nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("reopened_at", INSTANT, nullable=True),
        sa.CheckConstraint("outcome IN ('achieved', 'missed', 'abandoned')", name=op.f("ck_goal_closing_outcome")),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["person.id"], name=op.f("fk_goal_closing_acknowledged_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_goal_closing_closed_by_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_closing_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_closing")),
    )
    op.create_index(op.f("ix_goal_closing_goal_id"), "goal_closing", ["goal_id"], unique=False)
    op.create_index(
        "uq_goal_closing_open",
        "goal_closing",
        ["goal_id"],
        unique=True,
        sqlite_where=sa.text("reopened_at IS NULL"),
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.create_table(
        "goal_proposal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("therapist_id", KEY, nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("goal_id", KEY, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_goal_proposal_state")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["person.id"], name=op.f("fk_goal_proposal_client_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_proposal_goal_id")),
        sa.ForeignKeyConstraint(["therapist_id"], ["person.id"], name=op.f("fk_goal_proposal_therapist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_goal_proposal_public_id")),
    )
    op.create_index(op.f("ix_goal_proposal_client_id_state"), "goal_proposal", ["client_id", "state"], unique=False)
    op.create_index(op.f("ix_goal_proposal_goal_id"), "goal_proposal", ["goal_id"], unique=False)
    op.create_index(
        op.f("ix_goal_proposal_therapist_id_client_id"), "goal_proposal", ["therapist_id", "client_id"], unique=False
    )
    op.create_table(
        "grant_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("grant_id", KEY, nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "act IN ('requested', 'accepted', 'given', 'refused', 'changed', 'revoked', 'left', 'expired', 'replaced')",
            name=op.f("ck_grant_event_act"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_grant_event_actor_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["consent_grant.id"], name=op.f("fk_grant_event_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_event")),
    )
    op.create_index(op.f("ix_grant_event_grant_id"), "grant_event", ["grant_id"], unique=False)
    op.create_table(
        "grant_invitation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("therapist_id", KEY, nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("grant_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["consent_grant.id"], name=op.f("fk_grant_invitation_grant_id")),
        sa.ForeignKeyConstraint(["therapist_id"], ["person.id"], name=op.f("fk_grant_invitation_therapist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_grant_invitation_public_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_grant_invitation_secret_hash")),
    )
    op.create_index(op.f("ix_grant_invitation_address_hash"), "grant_invitation", ["address_hash"], unique=False)
    op.create_index(op.f("ix_grant_invitation_grant_id"), "grant_invitation", ["grant_id"], unique=False)
    op.create_index(
        op.f("ix_grant_invitation_therapist_id_created_at"),
        "grant_invitation",
        ["therapist_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "review_round",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("beside", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent_by_id", KEY, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'declined', 'withdrawn', 'ended')", name=op.f("ck_review_round_state")
        ),
        sa.CheckConstraint("needed BETWEEN 1 AND 2", name=op.f("ck_review_round_needed")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_review_round_goal_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_review_round_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_round")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_round_public_id")),
    )
    op.create_index(op.f("ix_review_round_goal_id_sent_at"), "review_round", ["goal_id", "sent_at"], unique=False)
    op.create_index(op.f("ix_review_round_sent_by_id_state"), "review_round", ["sent_by_id", "state"], unique=False)
    op.create_index(
        "uq_review_round_open",
        "review_round",
        ["goal_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "comment_mention",
        sa.Column("id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_mention_comment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_comment_mention_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_mention")),
        sa.UniqueConstraint("comment_id", "person_id", name=op.f("uq_comment_mention_comment_id_person_id")),
    )
    op.create_index(
        op.f("ix_comment_mention_person_id_seen_at"), "comment_mention", ["person_id", "seen_at"], unique=False
    )
    op.create_table(
        "review_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("actor_id", KEY, nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.LargeBinary(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "act IN ('edit', 'send', 'propose', 'change_reviewers', 'nudge', 'approve', 'decline', 'withdraw', 'override', 'check_in', 'close', 'acknowledge', 'reopen', 'end')",
            name=op.f("ck_review_event_act"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_review_event_actor_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_review_event_goal_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_review_event_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_event")),
    )
    op.create_index(op.f("ix_review_event_actor_id"), "review_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_review_event_goal_id_at"), "review_event", ["goal_id", "at"], unique=False)
    op.create_index(op.f("ix_review_event_round_id"), "review_event", ["round_id"], unique=False)
    op.create_table(
        "review_seat",
        sa.Column("id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("reviewer_id", KEY, nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("nudged_at", INSTANT, nullable=True),
        sa.CheckConstraint("verdict IN ('approve', 'decline')", name=op.f("ck_review_seat_verdict")),
        sa.CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name=op.f("ck_review_seat_whole_verdict")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_seat_reviewer_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_review_seat_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_seat")),
        sa.UniqueConstraint("round_id", "reviewer_id", name=op.f("uq_review_seat_round_id_reviewer_id")),
    )
    op.create_index(
        op.f("ix_review_seat_reviewer_id_decided_at"), "review_seat", ["reviewer_id", "decided_at"], unique=False
    )
    with op.batch_alter_table("consent_grant") as batch_op:
        batch_op.add_column(sa.Column("code_hint", sa.String(length=4), nullable=True))
        batch_op.add_column(sa.Column("opens_at", INSTANT, nullable=True))
        batch_op.alter_column("therapist_id", existing_type=KEY, nullable=True)
    # Until now a date began everywhere when it began in UTC.
    sqlite = op.get_bind().dialect.name == "sqlite"
    midnight = "from_date || ' 00:00:00.000000'" if sqlite else "from_date::timestamp AT TIME ZONE 'UTC'"
    op.execute(f"UPDATE consent_grant SET opens_at = {midnight} WHERE from_date IS NOT NULL")  # noqa: S608 - words of our own


def downgrade() -> None:
    op.execute("UPDATE goal SET review_state = 'draft' WHERE review_state = 'in_review'")
    op.execute("UPDATE goal SET lifecycle = 'active', outcome = NULL WHERE lifecycle = 'closed'")
    op.drop_table("review_seat")
    op.drop_table("review_event")
    op.drop_table("comment_mention")
    op.drop_table("review_round")
    op.drop_table("grant_invitation")
    op.drop_table("grant_event")
    op.drop_table("goal_proposal")
    op.drop_table("goal_closing")
    op.drop_table("comment")
    op.drop_table("therapist_code")
    # What was asked by a code of nobody's leads nowhere, and has no place where every grant names its therapist.
    op.execute("DELETE FROM consent_grant WHERE therapist_id IS NULL")
    with op.batch_alter_table("consent_grant") as batch_op:
        batch_op.alter_column("therapist_id", existing_type=KEY, nullable=False)
        batch_op.drop_column("opens_at")
        batch_op.drop_column("code_hint")
