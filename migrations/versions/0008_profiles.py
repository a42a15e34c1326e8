"""profiles with targets, values and boards, courses, and keys of organisations"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.String(length=500), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_id", KEY, nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_api_key_created_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_api_key_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_key_public_id")),
    )
    op.create_index(op.f("ix_api_key_created_by_id"), "api_key", ["created_by_id"])
    op.create_index(op.f("ix_api_key_organisation_id"), "api_key", ["organisation_id"])

    op.create_table(
        "goal_keyword",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("keyword", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_goal_keyword_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_keyword")),
        sa.UniqueConstraint("organisation_id", "keyword", name=op.f("uq_goal_keyword_organisation_id_keyword")),
    )
    op.create_table(
        "image",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_image_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_image_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("public_id", name=op.f("uq_image_public_id")),
    )
    op.create_index(op.f("ix_image_organisation_id"), "image", ["organisation_id"])
    op.create_index(op.f("ix_image_person_id"), "image", ["person_id"])

    op.create_table(
        "profile",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_profile_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("public_id", name=op.f("uq_profile_public_id")),
    )
    op.create_index(
        op.f("ix_profile_organisation_id_position"), "profile", ["organisation_id", "position"], unique=False
    )

    op.create_table(
        "board",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("profile_id", KEY, nullable=False),
        sa.Column("keyword_id", KEY, nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("period", sa.String(length=20), nullable=True),
        sa.Column("minimum", AMOUNT, nullable=True),
        sa.Column("maximum", AMOUNT, nullable=True),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("ranked", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "period IN ('daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'lifetime')", name=op.f("ck_board_period")
        ),
        sa.ForeignKeyConstraint(["keyword_id"], ["goal_keyword.id"], name=op.f("fk_board_keyword_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_board_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint(
            "profile_id", "keyword_id", "starts", "ends", name=op.f("uq_board_profile_id_keyword_id_starts_ends")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_board_public_id")),
    )
    op.create_index(op.f("ix_board_keyword_id"), "board", ["keyword_id"])
    op.create_index(
        "uq_board_overall",
        "board",
        ["profile_id", "starts", "ends"],
        unique=True,
        sqlite_where=sa.text("keyword_id IS NULL"),
        postgresql_where=sa.text("keyword_id IS NULL"),
    )

    op.create_table(
        "course",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("keyword_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("image_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('course', 'article')", name=op.f("ck_course_kind")),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_course_image_id")),
        sa.ForeignKeyConstraint(["keyword_id"], ["goal_keyword.id"], name=op.f("fk_course_keyword_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_course_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("public_id", name=op.f("uq_course_public_id")),
    )
    op.create_index(op.f("ix_course_image_id"), "course", ["image_id"])
    op.create_index(op.f("ix_course_keyword_id"), "course", ["keyword_id"])
    op.create_index(
        op.f("ix_course_organisation_id_keyword_id"), "course", ["organisation_id", "keyword_id"], unique=False
    )

    op.create_table(
        "participant",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("profile_id", KEY, nullable=True),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("display", sa.String(length=20), nullable=False),
        sa.Column("alias", sa.String(length=40), nullable=False),
        sa.Column("image_id", KEY, nullable=True),
        sa.CheckConstraint(
            "display IN ('full', 'first_name', 'initials', 'alias')", name=op.f("ck_participant_display")
        ),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name=op.f("fk_participant_image_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_participant_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_participant_person_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_participant_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("organisation_id", "person_id", name=op.f("uq_participant_organisation_id_person_id")),
    )
    op.create_index(op.f("ix_participant_image_id"), "participant", ["image_id"])
    op.create_index(op.f("ix_participant_person_id"), "participant", ["person_id"])
    op.create_index(
        op.f("ix_participant_profile_id_listed_person_id"),
        "participant",
        ["profile_id", "listed", "person_id"],
        unique=False,
    )

    op.create_table(
        "target",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("profile_id", KEY, nullable=False),
        sa.Column("keyword_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("minimum", AMOUNT, nullable=False),
        sa.Column("maximum", AMOUNT, nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("self_report", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "period IN ('daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'lifetime')", name=op.f("ck_target_period")
        ),
        sa.CheckConstraint("minimum < maximum", name=op.f("ck_target_in_order")),
        sa.ForeignKeyConstraint(["keyword_id"], ["goal_keyword.id"], name=op.f("fk_target_keyword_id")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_target_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("profile_id", "keyword_id", name=op.f("uq_target_profile_id_keyword_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_target_public_id")),
    )
    op.create_index(op.f("ix_target_keyword_id"), "target", ["keyword_id"])

    op.create_table(
        "target_goal",
        sa.Column("goal_id", KEY, autoincrement=False, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("keyword_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_target_goal_goal_id")),
        sa.ForeignKeyConstraint(["keyword_id"], ["goal_keyword.id"], name=op.f("fk_target_goal_keyword_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_target_goal_owner_id")),
        sa.PrimaryKeyConstraint("goal_id", name=op.f("pk_target_goal")),
        sa.UniqueConstraint("owner_id", "keyword_id", name=op.f("uq_target_goal_owner_id_keyword_id")),
    )
    op.create_index(op.f("ix_target_goal_keyword_id"), "target_goal", ["keyword_id"])

    op.create_table(
        "used_nonce",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key_id", KEY, nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_used_nonce_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_used_nonce")),
        sa.UniqueConstraint("key_id", "nonce", name=op.f("uq_used_nonce_key_id_nonce")),
    )
    op.create_index(op.f("ix_used_nonce_at"), "used_nonce", ["at"])

    op.create_table(
        "advice_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("target_id", KEY, nullable=False),
        sa.Column("from_percentage", AMOUNT, nullable=False),
        sa.Column("step", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("course_id", KEY, nullable=True),
        sa.Column("article_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["course.id"], name=op.f("fk_advice_step_article_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_advice_step_course_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_advice_step_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice_step")),
        sa.UniqueConstraint("public_id", name=op.f("uq_advice_step_public_id")),
    )
    op.create_index(op.f("ix_advice_step_article_id"), "advice_step", ["article_id"])
    op.create_index(op.f("ix_advice_step_course_id"), "advice_step", ["course_id"])
    op.create_index(
        op.f("ix_advice_step_target_id_from_percentage"), "advice_step", ["target_id", "from_percentage"], unique=False
    )

    op.create_table(
        "standing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("board_id", KEY, nullable=False),
        sa.Column("participant_id", KEY, nullable=False),
        sa.Column("score", AMOUNT, nullable=False),
        sa.Column("depth", AMOUNT, nullable=False),
        sa.Column("reached_at", INSTANT, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("adjustment", AMOUNT, nullable=False),
        sa.CheckConstraint("depth = -score", name=op.f("ck_standing_depth")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_standing_board_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_standing_participant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
        sa.UniqueConstraint("participant_id", "board_id", name=op.f("uq_standing_participant_id_board_id")),
    )
    op.create_index(
        op.f("ix_standing_board_id_depth_reached_at_id"),
        "standing",
        ["board_id", "depth", "reached_at", "id"],
        unique=False,
        sqlite_where=sa.text("counted = 1"),
        postgresql_where=sa.text("counted"),
    )

    op.create_table(
        "standing_count",
        sa.Column("id", KEY, nullable=False),
        sa.Column("board_id", KEY, nullable=False),
        sa.Column("depth", AMOUNT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_standing_count_board_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_count")),
        sa.UniqueConstraint("board_id", "depth", name=op.f("uq_standing_count_board_id_depth")),
    )
    op.create_table(
        "value_query",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by_id", KEY, nullable=True),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_value_query_answered_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_value_query_entry_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_value_query_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_value_query_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_query")),
        sa.UniqueConstraint("public_id", name=op.f("uq_value_query_public_id")),
    )
    op.create_index(op.f("ix_value_query_answered_by_id"), "value_query", ["answered_by_id"])
    op.create_index(op.f("ix_value_query_entry_id"), "value_query", ["entry_id"])
    op.create_index(
        op.f("ix_value_query_organisation_id_answered_at"),
        "value_query",
        ["organisation_id", "answered_at"],
        unique=False,
    )
    op.create_index(op.f("ix_value_query_person_id"), "value_query", ["person_id"])

    op.add_column("organisation", sa.Column("hides_amounts", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("organisation", "hides_amounts")
    for table in (
        "value_query",
        "standing_count",
        "standing",
        "advice_step",
        "used_nonce",
        "target_goal",
        "target",
        "participant",
        "course",
        "board",
        "profile",
        "image",
        "goal_keyword",
        "api_key",
    ):
        op.drop_table(table)
