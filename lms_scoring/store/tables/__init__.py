"""All tables of the database, by area; every key begins with the tenant (design decision 9)."""

from lms_scoring.store.tables.access import access_grant, api_key, session, sign_in_link
from lms_scoring.store.tables.acts import signed_act
from lms_scoring.store.tables.boards import (
    board_count,
    board_line,
    board_list,
    board_place,
    board_scope,
    board_term,
)
from lms_scoring.store.tables.cards import scorecard, scorecard_detail, scorecard_version
from lms_scoring.store.tables.closings import frozen_evidence, frozen_membership
from lms_scoring.store.tables.courses import activity, course, platform, scheme, tenant
from lms_scoring.store.tables.erasures import stand_in, tombstone
from lms_scoring.store.tables.evidence import evidence, seen_record
from lms_scoring.store.tables.gradebook import (
    grade_step,
    gradebook_reading,
    outgoing_grade,
    passback,
    sending,
)
from lms_scoring.store.tables.launching import (
    deployment,
    launch_state,
    own_key,
    platform_course,
    platform_subject,
    registration,
)
from lms_scoring.store.tables.losses import held_loss, held_record
from lms_scoring.store.tables.measures import foretold, measure_layout, measured
from lms_scoring.store.tables.metadata import metadata
from lms_scoring.store.tables.people import account, joined_account, person, touched
from lms_scoring.store.tables.proceedings import case_text, doubt_rules, proceeding, proceeding_step
from lms_scoring.store.tables.quarantine import quarantined
from lms_scoring.store.tables.runs import cursor, problem, run
from lms_scoring.store.tables.schedules import heartbeat, sync_request, tally, trouble
from lms_scoring.store.tables.statements import (
    activity_key,
    lms_statement,
    voided_statement,
    watch_event,
)
from lms_scoring.store.tables.texts import activity_text, evidence_text, text_mark, text_touched

__all__ = [
    "access_grant",
    "account",
    "activity",
    "activity_key",
    "activity_text",
    "api_key",
    "board_count",
    "board_line",
    "board_list",
    "board_place",
    "board_scope",
    "board_term",
    "case_text",
    "course",
    "cursor",
    "deployment",
    "doubt_rules",
    "evidence",
    "evidence_text",
    "foretold",
    "frozen_evidence",
    "frozen_membership",
    "grade_step",
    "gradebook_reading",
    "heartbeat",
    "held_loss",
    "held_record",
    "joined_account",
    "launch_state",
    "lms_statement",
    "measure_layout",
    "measured",
    "metadata",
    "outgoing_grade",
    "own_key",
    "passback",
    "person",
    "platform",
    "platform_course",
    "platform_subject",
    "problem",
    "proceeding",
    "proceeding_step",
    "quarantined",
    "registration",
    "run",
    "scheme",
    "scorecard",
    "scorecard_detail",
    "scorecard_version",
    "seen_record",
    "sending",
    "session",
    "sign_in_link",
    "signed_act",
    "stand_in",
    "sync_request",
    "tally",
    "tenant",
    "text_mark",
    "text_touched",
    "tombstone",
    "touched",
    "trouble",
    "voided_statement",
    "watch_event",
]
