"""What the domain's own words are called in Chinese and English, for pages, the terminal and exports.

Whole sentences of pages stand with the pages; here are only the names of states, reasons and things.
"""

from __future__ import annotations

from lms_scoring.domain.scorecard import Finding, Reason

_WORDS: dict[str, tuple[str, str]] = {
    # roles
    "learner": ("学员", "learner"),
    "tutor": ("辅导教师", "tutor"),
    "administrator": ("系统管理员", "administrator"),
    "active": ("在读", "active"),
    "withdrawn": ("已退出", "withdrawn"),
    "no_class": ("无班级", "no class"),
    "name_unknown": ("（姓名未知）", "(name unknown)"),
    "as_of": ("截至", "as of"),
    "closed": (
        "培训项目已结项，此后只有签名的更正会改变成绩；结项时间",
        "the programme is closed, and only signed corrections change its scores; closed on",
    ),
    # states of a card and of a criterion
    "pass": ("合格", "passed"),
    "pass_provisionally": ("暂定合格", "passed, provisionally"),
    "in_progress": ("进行中", "in progress"),
    "pending": ("待批改", "waiting for marking"),
    "fail": ("不合格", "not passed"),
    "fail_provisionally": ("暂定不合格", "not passed, provisionally"),
    "to_be_read": ("待同步", "still to be read"),
    "final": ("已确定", "final"),
    "full": ("满分", "full marks"),
    "open": ("还可得分", "open"),
    # how a card stands on its way to the pass mark
    "to_check": ("待核查", "to be checked"),
    "passed": ("达标", "passed"),
    "waiting_for_marking": ("待批改", "waiting for marking"),
    "unreachable": ("不可达", "out of reach"),
    "not_started": ("未开始", "not started"),
    "one_item_short": ("差一项", "one item short"),
    "far": ("差距大", "far off"),
    "not_known": ("待计算", "not worked out yet"),
    "disputed": ("异议待答复", "dispute waits for an answer"),
    # verdicts
    "counted": ("计分", "counted"),
    "partly": ("部分计分", "counted in part"),
    "rejected": ("不计分", "not counted"),
    "unknown": ("未能读取的记录", "unreadable record"),
    # what could not be read
    "at_least": ("至少", "at least"),
    # reasons
    "outside_window": ("不在考核时间内", "outside the programme's dates"),
    "too_early": ("早于布置时间提交", "handed in before it was set"),
    "late": ("逾期提交", "late"),
    "draft": ("草稿，未提交", "a draft, not handed in"),
    "deleted": ("已删除", "deleted"),
    "gone": ("平台上已不存在", "no longer on the platform"),
    "flooding": ("灌水", "flooding"),
    "private": ("私密回复", "a private reply"),
    "voided": ("经人工判定作废", "voided by a person's decision"),
    "over_cap": ("超出上限", "over the maximum"),
    "overlaps": ("与其他观看时段重叠，同一时刻只计一次", "overlaps other watching; a moment counts once"),
    "rewatched": ("重复观看的内容只计一次", "content watched before counts once"),
    "spans_known": (
        "该课件已有逐段记录，不再计总时长",
        "its activity has exact spans; the total is not added",
    ),
    "not_reported": ("本方案以平台自报时长为准", "this scheme counts the platform's own totals"),
    "longer_than_span": (
        "自报时长超过起止时间，按起止时间计",
        "reported longer than it lasted; what it lasted counts",
    ),
    "implausible": ("计入，但时长可疑，待人工核查", "counts, but implausibly long: a person should look"),
    "implausible_cut": (
        "只计起止时间与考核时间之内的部分；时长可疑，待人工核查",
        "counts within its own times and the programme's dates; implausibly long: a person should look",
    ),
    "confirmed_long": (
        "计入：时长很长，已经人工确认",
        "counts: unusually long, and a person has confirmed it",
    ),
    "another_counts": ("取另一次提交", "another attempt counts"),
    "counts_as_bulletin": ("已计为班级简报", "counts as a class bulletin"),
    "unmarked": ("尚未批改", "not marked yet"),
    "no_grade_meaning": ("分数未对应等级", "its marks have no grade in this scheme"),
    "nothing_to_mark": ("尚无作业可批改", "nothing to mark yet"),
    "repeated": ("同一作品已推优", "the same work again"),
    "other_class": ("非本班作品", "a work of no learner of this class"),
    "own_work": ("本人的作品，推优不计分", "the tutor's own work, and that earns nothing"),
    "unreadable": ("存在但无法读取，不按零计", "it exists but cannot be read; not taken for nothing"),
    "exempt": ("免考，按满分计", "exempt: full points"),
    "overridden": ("人工评定", "set by a person's decision"),
    # why something could not be read
    "unread_submission_unreadable": (
        "有评分，但平台没有给出提交：可能没有提交就评了分，也可能服务账号看不到该提交",
        "marked, but no hand-in is given: either there is none, or it is hidden from the service account",
    ),
    "unread_hand_ins_of_leaver": (
        "平台不提供已退出课程者的提交",
        "the platform gives no hand-ins of people who left the course",
    ),
    "unread_team_submission": (
        "作业按小组提交，这样的提交无法归到个人",
        "it is handed in by groups, and such hand-ins belong to no single person",
    ),
    "unread_mark_unreadable": ("已提交，但评分无法读取", "there is a hand-in whose mark could not be read"),
    "unread_earlier_attempts": (
        "另有较早的提交未能读取",
        "there are earlier attempts that could not be read",
    ),
    "unread_marked_unseen": ("学习记录中有评分，但没有提交", "marked, but no hand-in was seen"),
    "unread_attempt_refused": (
        "有学习尝试，但平台拒绝提供其内容",
        "there is an attempt, and the platform refused to give it",
    ),
    "unread_attempt_unreadable": (
        "平台统计到学习尝试，却没有给出内容：可能什么也没有记录，或只记录了状态",
        "the platform counts an attempt and gives nothing of it: nothing was recorded, or a status alone",
    ),
    "unread_time_unreadable": ("学习尝试的时长无法读取", "the time of an attempt cannot be read"),
    "unread_sessions_refused": (
        "平台拒绝提供已停用人员在课程学习（Lesson）中的时长",
        "the platform refused to say how long somebody who is suspended was in a lesson",
    ),
    "unread_person_deleted": (
        "账号已被删除，平台不再提供任何内容",
        "the platform gives nothing of people whose account was deleted",
    ),
    "unread_topic_refused": (
        "有主题帖，但平台拒绝提供其中的帖子",
        "there is a topic, and its posts were refused",
    ),
    "unread_evidence_unreadable": (
        "平台给出的内容形式与已知的不同",
        "what the platform gives of it has not the shape that is known",
    ),
    "unread_not_joinable": (
        "退出课程后只剩一个编号，无法与其他来源的账号对应",
        "known by a number alone since leaving the course, so it cannot be joined",
    ),
    # why a grade did not get into the gradebook
    "unsent_a_page": (
        "平台返回的是网页，不是答复；稍后会重新发送",
        "a web page came instead of an answer; it is sent again later",
    ),
    "unsent_http_400": (
        (
            "HTTP 400：平台不接受此人的成绩。Moodle 对不是该课程学员的人（辅导教师、已退出者、已删除的账号）"
            "这样答复。请核对选课情况，再重新发送"
        ),
        (
            "HTTP 400: the platform takes no grade for this person. A Moodle says so of who is no learner of "
            "the course there: a teacher or tutor, somebody unenrolled, a deleted account. Check the "
            "enrolment, then send again"
        ),
    ),
    "unsent_http_401": (
        "HTTP 401：平台不接受刚发给的成绩令牌；请在平台上检查该工具的服务设置",
        "HTTP 401: the platform does not accept a fresh token for scores; check the tool's services there",
    ),
    "unsent_http_403": (
        (
            "HTTP 403：平台不允许写入这项成绩：该列已锁定或关闭，或已关闭由工具评分。"
            "请检查成绩册的设置，再重新发送"
        ),
        (
            "HTTP 403: the platform forbids this grade: the column is locked or closed, or grading by the "
            "tool was switched off. Check the gradebook's settings, then send again"
        ),
    ),
    "unsent_http_404": (
        (
            "HTTP 404：成绩册的列或此人已不在平台上：列已删除，或此人已不在课程中时，Moodle 这样答复。"
            "请核对两者，再重新发送"
        ),
        (
            "HTTP 404: the column or the person is no longer there: a Moodle says so when the column was "
            "deleted or the person is no longer in the course. Check both, then send again"
        ),
    ),
    "unsent_http_409": (
        "HTTP 409：成绩册中已有较新的成绩：教师在那里改过，或此前发送的已经到达",
        (
            "HTTP 409: the gradebook has a newer grade: a teacher changed it there, or an earlier sending "
            "did arrive"
        ),
    ),
    "unsent_http_410": (
        "HTTP 410：成绩册的列或此人已不在课程中。请核对两者，再重新发送",
        "HTTP 410: the column or the person is gone from the course. Check both, then send again",
    ),
    "unsent_http_422": (
        "HTTP 422：平台无法使用此人的成绩，多半是因为此人已不在课程中。请核对选课情况，再重新发送",
        (
            "HTTP 422: the platform cannot use a grade for this person, mostly because they are no longer in "
            "the course. Check the enrolment, then send again"
        ),
    ),
    "unsent_set_back": (
        "时钟曾被调回：此前发出的成绩带着尚未到来的时间，这一项必须更晚",
        "the clock was set back: one was sent with a time that has not come yet, and this must be later",
    ),
    "unsent_later_of_ours": (
        (
            "成绩册中有一项本系统发出的较新成绩，而这里没有记录；是否恢复过备份？"
            "下次同步会判断以哪一项为准；不同步的话，几小时后仍会发送"
        ),
        (
            "the gradebook has a later grade of ours that is not known here; was a backup restored? The next "
            "sync tells which of them holds; without one this is sent after all, in some hours"
        ),
    ),
    # marks and deadlines of hand-ins
    "grade_excellent": ("评为优秀", "marked excellent"),
    "grade_good": ("评为良好", "marked good"),
    "grade_pass": ("评为合格", "marked pass"),
    "grade_fail": ("评为不合格", "marked fail"),
    "due": ("截止", "due"),
    "due_own": ("本人的截止时间", "the person's own deadline"),
    "due_class": ("平台未给出本人截止时间，按同班计", "own deadline not told: that of the class"),
    "due_assignment": ("平台未给出本人截止时间，按作业计", "own deadline not told: the assignment's"),
    # kinds of evidence
    "person": ("人员", "person"),
    "membership": ("成员身份", "membership"),
    "watch": ("观看", "watching"),
    "reported_time": ("自报时长", "reported time"),
    "submission": ("提交", "hand-in"),
    "post": ("帖子", "post"),
    "recommendation": ("推优", "recommendation"),
    "decision": ("人工决定", "decision"),
    "event": ("播放事件", "video event"),
    "statement": ("学习记录", "statement"),
    # figures
    "study_time": ("学习分钟数", "minutes of study"),
    "attempts": ("有效提交次数", "hand-ins that count"),
    "journal": ("研修日志", "journals"),
    "bulletin": ("班级简报", "class bulletins"),
    "topics": ("主题帖", "topics"),
    "replies": ("回复帖", "replies"),
    "handed_in": ("应批改作业", "homework to mark"),
    "marked": ("已批改", "marked"),
    "recommended": ("已推优", "recommended"),
    "works": ("提交作品", "works handed in"),
    "recommended_share": ("推优比例", "share recommended"),
    "advised": ("建议", "advised"),
    "advice": ("建议（不计分）", "Advice (not scored)"),
    # kinds of activities of a platform
    "assign": ("作业", "assignment"),
    "forum": ("论坛", "forum"),
    "scorm": ("SCORM 课件", "SCORM package"),
    "lesson": ("Lesson 课程", "lesson"),
    "h5pactivity": ("H5P 互动", "H5P"),
    "data": ("数据库", "database"),
    "blog": ("博客", "blog"),
    "page": ("网页", "page"),
    "url": ("链接", "link"),
    "resource": ("文件", "file"),
    "folder": ("文件夹", "folder"),
    "label": ("标签", "label"),
    "quiz": ("测验", "quiz"),
    "glossary": ("术语表", "glossary"),
    "wiki": ("维基", "wiki"),
    "lti": ("外部工具", "external tool"),
    "diary": ("日记", "diary"),
    "videotime": ("Video Time 视频", "Video Time video"),
    "book": ("图书", "book"),
    "choice": ("投票", "choice"),
    "feedback": ("反馈", "feedback"),
    "survey": ("问卷调查", "survey"),
    "workshop": ("互动评价", "workshop"),
    # purposes
    "homework": ("课程作业", "homework"),
    "posts": ("研讨发帖", "posts"),
    "bulletins": ("班级简报", "class bulletins"),
    "unbound": ("未绑定，不计分", "bound to nothing, scores nothing"),
}


def word(key: str, language: str) -> str:
    """What something is called in `zh` or `en`. Raises KeyError for a word nobody wrote down."""
    chinese, english = _WORDS[key]
    return chinese if language.startswith("zh") else english


def blank_after_sentence(language: str) -> str:
    """What stands between a sentence and the next on its line: nothing in Chinese."""
    return "" if language.startswith("zh") else " "


def why_unread(reason: str, language: str) -> str:
    """Why something could not be read. What is no code of `Unread` stands as it is: words that somebody gave
    in a file, or those of an older version."""
    return _said("unread", reason, language)


def why_unsent(reason: str, language: str) -> str:
    """Why a grade did not get in. What is no code of `Unsent` stands as it is: what a platform, or the way to
    it, told, or the words of an older version."""
    return _said("unsent", reason, language)


def _said(family: str, reason: str, language: str) -> str:
    key = f"{family}_{reason}"
    return word(key, language) if key in _WORDS else reason


def note_of(finding: Finding, language: str) -> str | None:
    """What there is to add to a finding: why it could not be read, or a person's words as they were said."""
    if finding.note is None or finding.reason is not Reason.UNREADABLE:
        return finding.note
    return why_unread(finding.note, language)


def in_both(key: str) -> str:
    """What something is called, for where nobody knows who reads it. Raises KeyError."""
    return " · ".join(_WORDS[key])


def at_least(number: str, language: str) -> str:
    """A number that is only what could be read."""
    return f"{word('at_least', language)} {number}"


def unread(count: int, language: str) -> str:
    """How much could not be read, as a sentence without its full stop."""
    if language.startswith("zh"):
        return f"有 {count} 条记录无法读取"
    return "1 record could not be read" if count == 1 else f"{count} records could not be read"
