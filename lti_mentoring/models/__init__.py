"""Tables, one file for each aggregate; columns, constraints and relationships only."""

from lti_mentoring.models.account import (
    Account,
    ChallengeUse,
    LinkUse,
    Passkey,
    PasskeyChallenge,
    SignInLink,
    SignInRequest,
    SignInSession,
)
from lti_mentoring.models.assessment import Assessment
from lti_mentoring.models.audit import AuditEntry
from lti_mentoring.models.award import Award, IssuerKey, StatusList
from lti_mentoring.models.concern import Concern, ConcernEntry, ConcernHandler, ConcernReading
from lti_mentoring.models.conflict import ConflictOfInterest
from lti_mentoring.models.context import Context, Membership, MembershipStatus, Person, ResourceLink, Seat, Ticket
from lti_mentoring.models.credential import Credential, CredentialDocument, CredentialStep
from lti_mentoring.models.goal import Action, Goal
from lti_mentoring.models.grade import HeldReason, LineItem, Score, ScoreState
from lti_mentoring.models.group import Group, GroupMembership
from lti_mentoring.models.institution import Administrator, Institution
from lti_mentoring.models.introduction import Introduction
from lti_mentoring.models.inviting import MentorInvitation
from lti_mentoring.models.lane import LaneSlot, PlatformLane
from lti_mentoring.models.meeting import Meeting, MeetingNote
from lti_mentoring.models.mentor_page import MentorPage
from lti_mentoring.models.mentor_request import MentorRequest
from lti_mentoring.models.mentorship import AssignedBy, Mentor, Mentorship, ServedRole
from lti_mentoring.models.milestone import Evidence, MilestoneProgress, MilestoneStep, StoredFile
from lti_mentoring.models.notice import Notice, NoticeState, NoticeSubscription, SubscriptionState
from lti_mentoring.models.outbox import Job, JobKind, JobState, Mail, MailState
from lti_mentoring.models.profile import MentorApplication, MentorProfile, ProfileTerm
from lti_mentoring.models.quiet_hours import QuietHours
from lti_mentoring.models.rank_list import MatchingPolicy, MentorLimit, RankedMentor, RankedStudent, RankList, Veto
from lti_mentoring.models.recommendation import Recommendation, RecommendationCount
from lti_mentoring.models.registration import (
    AccessToken,
    Deployment,
    DeploymentApproval,
    Invitation,
    KeyState,
    LoginTransaction,
    PlatformKeySet,
    Registration,
    RegistrationState,
    ToolKey,
)
from lti_mentoring.models.round import Match, Round, RoundChange
from lti_mentoring.models.seeking import Seeking, SeekingCount
from lti_mentoring.models.test import Answer, Attempt, Item, Test
from lti_mentoring.models.track import Instrument, Milestone, Stage, Track, TrackCopy, TrackState

__all__ = [
    "AccessToken",
    "Account",
    "Action",
    "Administrator",
    "Answer",
    "Assessment",
    "AssignedBy",
    "Attempt",
    "AuditEntry",
    "Award",
    "ChallengeUse",
    "Concern",
    "ConcernEntry",
    "ConcernHandler",
    "ConcernReading",
    "ConflictOfInterest",
    "Context",
    "Credential",
    "CredentialDocument",
    "CredentialStep",
    "Deployment",
    "DeploymentApproval",
    "Evidence",
    "Goal",
    "Group",
    "GroupMembership",
    "HeldReason",
    "Institution",
    "Instrument",
    "Introduction",
    "Invitation",
    "IssuerKey",
    "Item",
    "Job",
    "JobKind",
    "JobState",
    "KeyState",
    "LaneSlot",
    "LineItem",
    "LinkUse",
    "LoginTransaction",
    "Mail",
    "MailState",
    "Match",
    "MatchingPolicy",
    "Meeting",
    "MeetingNote",
    "Membership",
    "MembershipStatus",
    "Mentor",
    "MentorApplication",
    "MentorInvitation",
    "MentorLimit",
    "MentorPage",
    "MentorProfile",
    "MentorRequest",
    "Mentorship",
    "Milestone",
    "MilestoneProgress",
    "MilestoneStep",
    "Notice",
    "NoticeState",
    "NoticeSubscription",
    "Passkey",
    "PasskeyChallenge",
    "Person",
    "PlatformKeySet",
    "PlatformLane",
    "ProfileTerm",
    "QuietHours",
    "RankList",
    "RankedMentor",
    "RankedStudent",
    "Recommendation",
    "RecommendationCount",
    "Registration",
    "RegistrationState",
    "ResourceLink",
    "Round",
    "RoundChange",
    "Score",
    "ScoreState",
    "Seat",
    "Seeking",
    "SeekingCount",
    "ServedRole",
    "SignInLink",
    "SignInRequest",
    "SignInSession",
    "Stage",
    "StatusList",
    "StoredFile",
    "SubscriptionState",
    "Test",
    "Ticket",
    "ToolKey",
    "Track",
    "TrackCopy",
    "TrackState",
    "Veto",
]
