"""The first-run tour: five steps for each post, each on the page where it is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, session
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from responder.core.permissions import Role
from responder.web.access import may_open
from responder.web.preferences import preferences

IN_SESSION = "tour_step"
START = "reports.today"


@dataclass(frozen=True)
class Step:
    """What to do at one stop, and on which page (endpoint)."""

    endpoint: str
    title: Any
    text: Any


@dataclass(frozen=True)
class Stop:
    """A step as the panel shows it: the ``number``-th of ``total``."""

    step: Step
    number: int
    total: int

    @property
    def is_last(self) -> bool:
        return self.number == self.total


TODAY = Step(
    START, _l("从“今日”开始"), _l("等您办理的事都列在这里，先到期的在前；点标题就到办理它的页面。")
)
HELP = Step(
    "guide.chapters",
    _l("随时可以查"),
    _l("标题旁的“?”打开这一栏的说明；带虚线的词点开就是意思；按 ? 键看这一页的快捷键。"),
)
DESK = Step(
    "desk.index",
    _l("登记来电"),
    _l("听到什么就打什么，旁边列出以前谁说过同样的事；按 Alt+1 与第一条合并，按 Ctrl+Enter 登记。"),
)
MESSAGES = Step(
    "intake.index",
    _l("找一条留言"),
    _l("用空格隔开几个词，简体繁体、拼音首字母都可以；常用的条件可以起名保存。"),
)
ORDERS = Step(
    "orders.index",
    _l("看工单"),
    _l("打开一件，右边只列您现在能办的步骤；时限怎样算出来的，逐行写明。"),
)
IMPORTS = Step(
    "intake.imports",
    _l("导入一个文件"),
    _l("拖进来，核对列，先试运行；退回的行带着原因，改好直接再上传。"),
)
SOURCES = Step(
    "sources.index",
    _l("让留言自动进来"),
    _l("添加订阅源、邮箱或文件夹；先“试取，不保存”，看清会取到什么。"),
)
TOPICS = Step(
    "topics.index",
    _l("看话题"),
    _l(
        "一件事、一个地方，按热度排列；打开一个，看它为什么热、为什么归在一起，聚错了就在“修正”里改。"
    ),
)
ALERTS = Step(
    "alerts.index", _l("看提醒"), _l("新的、升温的、高热的话题在这里各提醒一次；看过点“已阅”。")
)
CALENDAR = Step(
    "planning.calendar",
    _l("看日历"),
    _l("活动下面是当周最热的话题；把活动拖到另一天，先看后果，再确认。"),
)
PLAN = Step(
    "planning.plan",
    _l("年度计划"),
    _l("各单位在这里报送；会议通过后存成基准版，以后的变动都写明理由。"),
)
GAPS = Step(
    "planning.gaps",
    _l("待安排的热点"),
    _l("很热却没有活动、也没有回应的话题列在这里：安排活动、发起回应，或写明为什么不需要。"),
)
ITEMS = Step(
    "responses.index",
    _l("回应事项"),
    _l("从话题、留言或活动发起；页面上有研判、单位材料、口径和时限，按环节往前办。"),
)
BOARD = Step(
    "responses.board",
    _l("看板"),
    _l("全部事项按环节并排，写着剩余时间；方向键移动，空格选中，可以几件一起办。"),
)
DRAFTING = Step(
    "drafting.answer_templates",
    _l("起草用表"),
    _l("答复模板、敏感词和规范称谓；起草时右边的“检查”用的就是它们。"),
)
PACKAGES = Step(
    "packages.index",
    _l("政策文件"),
    _l("文件和解读一起过四道关，一起公开；拟发布日期近了还没齐的列在最上面。"),
)
MATERIALS = Step(
    "responses.materials",
    _l("单位材料"),
    _l("新闻办为公开回应要的情况列在这里：写明查到什么、做了什么、依据什么；可以再报。"),
)
COLUMN = Step(
    "publishing.index",
    _l("公开栏目"),
    _l("市民看到的就是这里：已发布的回应，更正和撤回都写明日期。"),
)
CHANGES = Step(
    "changing.index",
    _l("更正与撤回"),
    _l("公开之后要改的，从这里由两个人完成；原来的文字仍可展开阅读。"),
)
OPENNESS = Step(
    "openness.index",
    _l("政务公开"),
    _l("年度任务、三张清单、公开目录、依申请公开、测评，各有登记簿，都能导入和导出。"),
)
TASKS = Step(
    "tasks.index",
    _l("年度任务"),
    _l("打开一项，填报进展，勾选完成的节点，附上材料；上报之后由政务公开办确认。"),
)
FINDINGS = Step(
    "findings.index", _l("三张清单"), _l("发现的问题、谁负责、何时销号；不是责任单位的人才能核查。")
)
APPLICATIONS = Step(
    "applications.index",
    _l("依申请公开"),
    _l("收到申请当天登记，期限随即起算；挂起、延期、补正怎样影响期限，逐行写明。"),
)
STATISTICS = Step(
    "statistics.index",
    _l("统计"),
    _l("每个数字都能点开它背后的记录；年底冻结一次，以后的变动另列差异。"),
)
DOCUMENTS = Step(
    "documents.index",
    _l("报告"),
    _l("日报、月报、专报由记录汇总成草稿；研判和建议留给您写，签发之后不再变。"),
)
CLOCKS = Step(
    "deadlines.rules",
    _l("时限规则"),
    _l("每项职责从哪一刻起算、给多久、依据什么文件；改动之后，哪些时限跟着变会列出来。"),
)
WARNINGS = Step(
    "warnings.index",
    _l("时限预警"),
    _l("快到期和逾期的在这里；填上邮箱，同时发邮件；夜里只发不能等的。"),
)
LEAVE = Step(
    "absences.index",
    _l("请假与代办"),
    _l("请假之前登记代办人，这几天由他代为审签，意见表写明代谁。"),
)
PROOF = Step(
    "proofs.index",
    _l("动态口令"),
    _l("签发时要输登录密码；可以改用手机动态口令，之后登录和签发都要它，只凭密码不行。"),
)
PEOPLE = Step(
    "accounts.people",
    _l("添加同事"),
    _l("填姓名、岗位和单位；一个人可以有几个岗位，岗位决定看得到什么。"),
)
UNITS = Step(
    "accounts.units",
    _l("添加单位"),
    _l("承办工单、报送计划、公开信息的部门和区县；分类里的主责单位从这里选。"),
)
TOKENS = Step(
    "tokens.index", _l("接口令牌"), _l("别的系统凭它推送留言；只显示一次，撤销立即生效。")
)
AUDIT = Step(
    "reports.audit_trail",
    _l("看经过"),
    _l("谁、何时、改了什么都在这里；个人信息以星号显示，查看身份也会留下一行。"),
)

REVIEWING = (TODAY, ITEMS, BOARD, LEAVE, HELP)
TOURS: dict[Role, tuple[Step, ...]] = {
    Role.PRESS_OFFICER: (TODAY, CALENDAR, GAPS, ITEMS, HELP),
    Role.ANALYST: (TODAY, TOPICS, ALERTS, ITEMS, HELP),
    Role.EDITOR: (TODAY, ITEMS, DRAFTING, PACKAGES, HELP),
    Role.SIGNER: (TODAY, BOARD, PROOF, LEAVE, HELP),
    Role.THIRD_REVIEWER: REVIEWING,
    Role.SECOND_REVIEWER: REVIEWING,
    Role.FIRST_REVIEWER: REVIEWING,
    Role.SECRECY_REVIEWER: REVIEWING,
    Role.SUPERVISOR: (TODAY, ORDERS, CLOCKS, FINDINGS, HELP),
    Role.OPENNESS_OFFICER: (TODAY, OPENNESS, APPLICATIONS, STATISTICS, HELP),
    Role.OPERATOR: (TODAY, DESK, MESSAGES, ORDERS, HELP),
    Role.MONITOR: (TODAY, IMPORTS, SOURCES, TOPICS, HELP),
    Role.LIAISON: (TODAY, ORDERS, MATERIALS, TASKS, HELP),
    Role.SPOKESPERSON: (TODAY, CALENDAR, TOPICS, COLUMN, HELP),
    Role.ADMINISTRATOR: (TODAY, PEOPLE, UNITS, TOKENS, HELP),
    Role.AUDITOR: (TODAY, AUDIT, ITEMS, STATISTICS, HELP),
}  # fmt: skip


def mine() -> tuple[Step, ...]:
    """The tour of whoever asks: that of their first post in the table."""
    posts = current_user.roles if current_user.is_authenticated else ()
    tour = next((steps for role, steps in TOURS.items() if role in posts), (TODAY, HELP))
    return tuple(step for step in tour if may_open(step.endpoint))


def at(number: object) -> Stop | None:
    """The stop of this number; None beyond the last."""
    steps = mine()
    if not isinstance(number, int) or not 1 <= number <= len(steps):
        return None
    return Stop(steps[number - 1], number, len(steps))


def on_page() -> Stop | None:
    """What the panel shows on this page: on Today, and on the page of the step."""
    if not current_user.is_authenticated or preferences().tour_seen:
        return None
    stop = at(session.get(IN_SESSION, 1))
    return stop if stop and request.endpoint in (START, stop.step.endpoint) else None
