"""Tables, and nothing but tables; importing this package knows them all."""

from webapp.models.api_keys import ApiKey, UsedNonce
from webapp.models.audit import AuditEvent
from webapp.models.base import Base
from webapp.models.courses import AdviceStep, Course, Image
from webapp.models.entries import Entry
from webapp.models.goals import Goal, GoalRevision, Occurrence, ScheduleVersion
from webapp.models.grants import Access, Grant, GrantEvent, GrantInvitation, TherapistCode
from webapp.models.habits import GoalMonth, GoalTag, PlannedPause, Tag
from webapp.models.invitations import Invitation
from webapp.models.keys import DataKey
from webapp.models.moods import Mood, MoodBecause, MoodLabel, MoodReason, MoodRevision
from webapp.models.objectives import Cycle, KeyResult, KeyResultFeed, Objective, ObjectiveTag
from webapp.models.outbox import Heartbeat, MailPace, OutboxMessage
from webapp.models.people import (
    Membership,
    MembershipRole,
    Organisation,
    Person,
    ReportingLine,
    Team,
    TeamMember,
)
from webapp.models.profiles import (
    Board,
    GoalKeyword,
    Participant,
    Profile,
    Standing,
    StandingCount,
    Target,
    TargetGoal,
    ValueQuery,
)
from webapp.models.reading import (
    ActivityDay,
    ReadingBatch,
    ReadingClient,
    ReadingGoal,
    ReadingStreak,
    ReadingToken,
    Work,
)
from webapp.models.reminders import Delivery, PushSubscription, Reminder, ReminderSetting
from webapp.models.reviews import (
    Comment,
    CommentMention,
    GoalClosing,
    GoalProposal,
    ReviewEvent,
    ReviewRound,
    ReviewSeat,
)
from webapp.models.second_factors import Authenticator, Passkey
from webapp.models.tokens import IdempotentAnswer, LimitCount, SignIn, Token
from webapp.models.uploads import Upload

__all__ = [
    "Access",
    "ActivityDay",
    "AdviceStep",
    "ApiKey",
    "AuditEvent",
    "Authenticator",
    "Base",
    "Board",
    "Comment",
    "CommentMention",
    "Course",
    "Cycle",
    "DataKey",
    "Delivery",
    "Entry",
    "Goal",
    "GoalClosing",
    "GoalKeyword",
    "GoalMonth",
    "GoalProposal",
    "GoalRevision",
    "GoalTag",
    "Grant",
    "GrantEvent",
    "GrantInvitation",
    "Heartbeat",
    "IdempotentAnswer",
    "Image",
    "Invitation",
    "KeyResult",
    "KeyResultFeed",
    "LimitCount",
    "MailPace",
    "Membership",
    "MembershipRole",
    "Mood",
    "MoodBecause",
    "MoodLabel",
    "MoodReason",
    "MoodRevision",
    "Objective",
    "ObjectiveTag",
    "Occurrence",
    "Organisation",
    "OutboxMessage",
    "Participant",
    "Passkey",
    "Person",
    "PlannedPause",
    "Profile",
    "PushSubscription",
    "ReadingBatch",
    "ReadingClient",
    "ReadingGoal",
    "ReadingStreak",
    "ReadingToken",
    "Reminder",
    "ReminderSetting",
    "ReportingLine",
    "ReviewEvent",
    "ReviewRound",
    "ReviewSeat",
    "ScheduleVersion",
    "SignIn",
    "Standing",
    "StandingCount",
    "Tag",
    "Target",
    "TargetGoal",
    "Team",
    "TeamMember",
    "TherapistCode",
    "Token",
    "Upload",
    "UsedNonce",
    "ValueQuery",
    "Work",
]
