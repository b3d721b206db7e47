"""How the things are found that a page's address names, as one query each.

By page, by room and name, or by name alone; the columns of the row are the names.
"""

from __future__ import annotations

FEED_TOKEN = "furnished"

OBJECTS = {
    # intake
    "message_id": "SELECT max(id) FROM message",
    "orders.open_order": """SELECT min(id) AS message_id FROM message
        WHERE id NOT IN (SELECT message_id FROM order_message)""",
    "intake.same": "SELECT min(message_id) AS message_id FROM message_repeat",
    "run_id": "SELECT min(id) FROM import_run WHERE state = 'done'",
    "intake.import_run": "SELECT max(id) AS run_id FROM import_run WHERE state = 'mapping'",
    "batch_id": "SELECT min(id) FROM import_batch",
    "source_id": "SELECT min(id) FROM source",
    "sources.entry_id": "SELECT min(id) FROM hot_entry",
    "category_id": "SELECT min(id) FROM category",
    "order_id": "SELECT max(order_id) FROM order_part JOIN unit ON unit.id = unit_id"
    " WHERE unit.code = 'ZJJ'",
    # A month in which something was dispatched: the present one may have just begun.
    "orders.export_monthly": """SELECT substr(CAST(min(dispatched_at) AS text), 1, 7) AS month
        FROM work_order""",
    "orders.revise": "SELECT min(id) AS order_id FROM work_order WHERE state = 'received'",
    # topics
    "topic_id": "SELECT id FROM topic WHERE merged_into_id IS NULL ORDER BY heat DESC LIMIT 1",
    "topics.why": """SELECT topic_id, message_id FROM topic_message WHERE topic_id =
        (SELECT topic_id FROM topic_message GROUP BY topic_id ORDER BY count(*) DESC LIMIT 1)""",
    "alerts.rule_id": "SELECT min(id) FROM alert_rule",
    # planning
    "year": "SELECT min(year) FROM release_plan",
    "planning.plan#collecting": "SELECT max(year) AS year FROM release_plan",
    "planning.plan_baseline": """SELECT year, number FROM plan_baseline
        JOIN release_plan ON release_plan.id = plan_id""",
    "planning.plan_figure": """SELECT min(year) AS year, 'now' AS name FROM release_plan""",
    "planning.plan_change": """SELECT min(id) AS entry_id FROM plan_entry
        WHERE plan_id = (SELECT id FROM release_plan ORDER BY year LIMIT 1)""",
    "planning.plan_entry": """SELECT max(id) AS entry_id FROM plan_entry
        WHERE plan_id = (SELECT id FROM release_plan ORDER BY year DESC LIMIT 1)""",
    "planning.plan_import_result": "SELECT max(year) AS year FROM release_plan",
    "planning.plan_import_errors": "SELECT max(year) AS year FROM release_plan",
    "event_id": """SELECT event_id FROM topic_event_link
        JOIN press_event ON press_event.id = event_id
        WHERE press_event.state IN ('approved', 'preparing', 'confirmed') LIMIT 1""",
    "planning.media_list": "SELECT min(event_id) AS event_id FROM media_invitation",
    "planning.export_media": "SELECT min(event_id) AS event_id FROM media_invitation",
    "responses.feed_back": "SELECT max(id) AS event_id FROM press_event WHERE state = 'held'",
    "task_id": "SELECT min(id) FROM preparation_task",
    "invitation_id": "SELECT min(id) FROM media_invitation",
    "planning.item_id": "SELECT min(id) FROM preparation_item",
    "period_id": "SELECT min(id) FROM avoided_period",
    "planning.rule_id": "SELECT min(id) FROM release_rule",
    "planning.file_id": "SELECT min(id) FROM event_file",
    "planning.template_id": "SELECT min(id) FROM briefing_template",
    "token": f"SELECT '{FEED_TOKEN}'",
    "kind": "SELECT 'xlsx'",
    "file_format": "SELECT 'xlsx'",
    "errand_id": "SELECT min(id) FROM errand",
    "guide.slug": "SELECT 'operator'",
    "guide.name": "SELECT 'desk-1280.png'",
    # responses and what is public
    "item_id": "SELECT max(item_id) FROM response_consultation",
    "responses.show": "SELECT min(id) AS item_id FROM response_item WHERE state = 'published'",
    "responses.show#draft": "SELECT min(id) AS item_id FROM response_item WHERE state = 'draft'",
    "responses.revise": "SELECT min(id) AS item_id FROM response_item WHERE state = 'draft'",
    "responses.show#first_review": """SELECT min(id) AS item_id FROM response_item
        WHERE state = 'first_review'""",
    "responses.ask_anew": "SELECT item_id, id AS part_id FROM response_part",
    "part_id": "SELECT part_id FROM response_material",
    "after.show": "SELECT item_id FROM response_evaluation",
    "archiving.download": "SELECT min(id) AS item_id FROM response_item WHERE state = 'archived'",
    "responses.kind_id": "SELECT min(id) FROM priority_kind",
    "name_id": "SELECT min(id) FROM proper_name",
    "word_id": "SELECT min(id) FROM sensitive_word",
    "drafting.template_id": "SELECT min(id) FROM answer_template",
    "publishing.entry_id": "SELECT max(id) FROM entry",
    "ratings.entry_id": "SELECT max(id) FROM entry",
    "changing.entry_id": """SELECT max(id) FROM entry
        WHERE id NOT IN (SELECT entry_id FROM entry_change)""",
    "change_id": "SELECT min(id) FROM entry_change",
    "bundle_id": "SELECT min(id) FROM bundle",
    "receiver_id": "SELECT min(id) FROM webhook_receiver",
    "interpretation_id": "SELECT min(id) FROM policy_interpretation",
    "document_id": "SELECT min(id) FROM policy_document",
    "attachment_id": "SELECT min(id) FROM policy_attachment",
    "package_id": "SELECT max(id) FROM policy_package",
    "packages.column_id": "SELECT min(id) FROM interpretation_column",
    "packages.file_id": "SELECT min(id) FROM package_file",
    "material_id": "SELECT max(id) FROM package_material",
    "slip_id": "SELECT min(id) FROM return_slip",
    # the office of openness
    "tasks.task_id": "SELECT min(task_id) FROM task_report",
    "tasks.report": """SELECT max(task.id) AS task_id FROM openness_task AS task
        JOIN unit ON unit.id = lead_id WHERE unit.code = 'ZJJ' AND task.state = 'open'
        AND task.id NOT IN (SELECT task_id FROM task_report)""",
    "tasks.edit": "SELECT max(id) AS task_id FROM openness_task WHERE state = 'open'",
    "tasks.milestones": "SELECT max(id) AS task_id FROM openness_task WHERE state = 'open'",
    "tasks.file_id": "SELECT min(id) FROM task_file",
    "finding_id": "SELECT min(finding_id) FROM finding_evidence",
    "findings.send": """SELECT min(finding.id) AS finding_id FROM finding
        JOIN unit ON unit.id = unit_id WHERE code = 'ZJJ' AND state = 'assigned'""",
    "findings.edit": "SELECT min(id) AS finding_id FROM finding WHERE state = 'assigned'",
    "findings.file_id": "SELECT min(id) FROM finding_file",
    "catalogue.column_id": "SELECT min(column_id) FROM publication",
    "area_id": "SELECT min(id) FROM key_area",
    "catalogue.kind_id": "SELECT min(id) FROM site_check_kind",
    "publication_id": "SELECT min(id) FROM publication",
    "application_id": "SELECT min(application_id) FROM application_material",
    "applications.file_id": "SELECT min(id) FROM application_file",
    "outcome_id": "SELECT min(id) FROM application_outcome",
    "proceeding_id": "SELECT min(id) FROM application_proceeding",
    "round_id": "SELECT max(round_id) FROM evaluation_score JOIN evaluation_participant"
    " ON evaluation_participant.id = participant_id",
    "evaluations.unit": """SELECT round_id, unit_id FROM evaluation_participant
        ORDER BY round_id DESC LIMIT 1""",
    "scheme_id": "SELECT id FROM assessment_scheme WHERE state = 'in_force'",
    "unit_id": "SELECT id FROM unit WHERE code = 'ZJJ'",
    "assessment.evidence": """SELECT scheme_id, id AS criterion_id FROM assessment_criterion
        WHERE measure = 'press_events_held' ORDER BY scheme_id DESC LIMIT 1""",
    "assessment.criteria": "SELECT id AS scheme_id FROM assessment_scheme WHERE state = 'draft'",
    "assessment.edit": "SELECT id AS scheme_id FROM assessment_scheme WHERE state = 'draft'",
    "occasion_id": "SELECT min(id) FROM openness_occasion",
    "trainings.file_id": "SELECT min(id) FROM openness_occasion_file",
    # reports, people, clocks
    "report_id": "SELECT min(id) FROM report WHERE kind = 'special' AND state = 'draft'",
    "documents.make": "SELECT 'special' AS code",
    "statistics.code": "SELECT 'press_events'",
    "entered_id": "SELECT min(id) FROM entered_figure",
    "user_id": "SELECT max(id) FROM user_account",
    "deadlines.rule_id": "SELECT min(id) FROM clock_rule",
    "deadlines.number": "SELECT max(year) FROM calendar_year",
    "deadlines.show_change": """SELECT max(id) AS event_id FROM audit_event
        WHERE object_type = 'clock_rule' AND action <> 'create'""",
    "step_id": "SELECT min(id) FROM warning_step",
    "channel_id": "SELECT min(id) FROM warning_channel",
    "filename": "SELECT 'responder.css'",
    "bootstrap.filename": "SELECT 'css/bootstrap.min.css'",
}
