"""Verbs of planning. The modules beside this one hold them; callers import from here."""

from responder.planning.calendars.pages import CalendarPage, calendar_page
from responder.planning.events.advancing import advance_event
from responder.planning.events.clashes import Clash, clashes
from responder.planning.events.files import sweep as sweep_event_files
from responder.planning.events.foreseeing import Consequences, consequences
from responder.planning.events.moving import move_event
from responder.planning.events.preparing import due_tasks, finish_task, seed_preparation, tasks_of
from responder.planning.events.rescheduling import reschedule_all
from responder.planning.events.service import (
    EventFacts,
    create_event,
    edit_event,
    event_history,
    events_between,
    get_event,
    get_event_as_seen,
    linkable_events,
    overdue_events,
    propose_event,
    search_events,
    upcoming_events,
    waiting_approval,
)
from responder.planning.events.undoing import undo_move
from responder.planning.linking.deciding import (
    decide_link,
    hold_link,
    link_by_hand,
    linked_topics,
    links_of_topic,
)
from responder.planning.linking.gaps import Unanswered, answered_elsewhere, unanswered
from responder.planning.linking.suggesting import (
    Proposals,
    SuggestionRun,
    has_many_candidates,
    propose_links,
    store_proposals,
)
from responder.planning.plans.adopting import adopt
from responder.planning.plans.entries import add_entry
from responder.planning.plans.frequency import seed_release_rules
from responder.planning.plans.service import (
    PlanReport,
    find_plan,
    get_entry,
    get_or_create_plan,
    list_plans,
    open_entries,
    report,
)

__all__ = [
    "CalendarPage",
    "Clash",
    "Consequences",
    "EventFacts",
    "PlanReport",
    "Proposals",
    "SuggestionRun",
    "Unanswered",
    "add_entry",
    "adopt",
    "advance_event",
    "answered_elsewhere",
    "calendar_page",
    "clashes",
    "consequences",
    "create_event",
    "decide_link",
    "due_tasks",
    "edit_event",
    "event_history",
    "events_between",
    "find_plan",
    "finish_task",
    "get_entry",
    "get_event",
    "get_event_as_seen",
    "get_or_create_plan",
    "has_many_candidates",
    "hold_link",
    "link_by_hand",
    "linkable_events",
    "linked_topics",
    "links_of_topic",
    "list_plans",
    "move_event",
    "open_entries",
    "overdue_events",
    "propose_event",
    "propose_links",
    "report",
    "reschedule_all",
    "search_events",
    "seed_preparation",
    "seed_release_rules",
    "store_proposals",
    "sweep_event_files",
    "tasks_of",
    "unanswered",
    "undo_move",
    "upcoming_events",
    "waiting_approval",
]
