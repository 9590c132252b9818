from . import pharma_access_mixin  # before the models that inherit from it
from . import pharma_customer_mixin  # likewise
from . import pharma_period_mixin  # likewise
from . import pharma_access
from . import pharma_access_team  # extends the one before
from . import pharma_access_lead  # likewise
from . import pharma_access_manager  # likewise
from . import pharma_team_mixin  # before the models that inherit from it
from . import pharma_team_mixin_lead  # extends the one before
from . import pharma_alignment
from . import pharma_alignment_rows  # extends the one before
from . import pharma_delegation
from . import pharma_share
from . import pharma_territory
from . import pharma_territory_assignment
from . import account_move
from . import account_analytic_account
from . import calendar_attendee
from . import calendar_event
from . import crm_lead
from . import ir_http
from . import ir_rule
from . import mail_activity
from . import mail_followers
from . import mail_thread
from . import pharma_affiliation
from . import pharma_alias
from . import pharma_alias_search
from . import pharma_demo
from . import pharma_demo_territory  # extends the one before
from . import pharma_demo_customers  # extends the one before
from . import pharma_demo_contacts  # likewise
from . import pharma_demo_calls  # likewise
from . import pharma_demo_cycle  # likewise, after calls
from . import pharma_demo_plan  # likewise, after calls and cycles
from . import pharma_demo_review  # likewise, after calls
from . import pharma_demo_report  # likewise, after all that reports tell of
from . import pharma_division
from . import pharma_sheet_mixin  # before the models that inherit from it
from . import pharma_import_line_mixin  # the same
from . import pharma_import_mixin  # the same
from . import pharma_import_territory  # extends the one before
from . import pharma_filing
from . import pharma_gift_item
from . import pharma_hospital_import
from . import pharma_hospital_import_align
from . import pharma_hospital_import_line
from . import pharma_hospital_import_read
from . import pharma_hospital_import_undo
from . import pharma_realignment  # after the mixin that reads spreadsheets
from . import pharma_realignment_choose
from . import pharma_realignment_line
from . import pharma_realignment_plan
from . import pharma_list_template
from . import pharma_setup
from . import pharma_setup_import
from . import pharma_setup_import_line
from . import pharma_setup_import_territory
from . import pharma_setup_import_user
from . import pharma_setup_import_user_apply
from . import pharma_person_profile
from . import pharma_person_profile_numbers  # extends the one before
from . import pharma_profile_log
from . import pharma_health_check
from . import pharma_health_work  # the sections of the page in their order
from . import pharma_health_people
from . import pharma_health_rights
from . import pharma_health_data
from . import pharma_import_progress
from . import pharma_lifecycle_stage
from . import pharma_partner_fact
from . import pharma_partner_type
from . import pharma_score_model
from . import pharma_score_criterion
from . import pharma_score_metric  # extends the one before
from . import pharma_score_metric_visit  # likewise
from . import pharma_score_line
from . import pharma_score
from . import pharma_search_mixin
from . import pharma_search_name
from . import pharma_specialty
from . import pharma_title
from . import pharma_message_provider
from . import pharma_message
from . import pharma_reminder
from . import pharma_reminder_tell  # extends the one before
from . import pharma_reminder_told
from . import pharma_cycle
from . import pharma_cycle_goal
from . import pharma_cycle_sql  # extends the first of these
from . import pharma_cycle_target
from . import pharma_visit
from . import pharma_visit_cycle  # extends the one before
from . import pharma_visit_product
from . import pharma_visit_gift  # extends the call
from . import pharma_visit_next  # likewise
from . import pharma_visit_purpose
from . import pharma_visit_reach  # likewise
from . import pharma_visit_record  # likewise
from . import pharma_visit_filing  # extends the one before
from . import pharma_visit_result
from . import pharma_approval_mixin
from . import pharma_visit_week  # extends pharma_visit
from . import pharma_week
from . import pharma_week_day
from . import pharma_week_propose  # extends pharma_week
from . import pharma_cycle_target_plan  # extends pharma_cycle_target
from . import pharma_trip
from . import pharma_trip_problem
from . import pharma_visit_element
from . import pharma_visit_quality
from . import pharma_visit_flag
from . import pharma_visit_flags
from . import pharma_visit_review
from . import pharma_home  # after the calls that it shows
from . import pharma_home_person  # extends the one before
from . import pharma_home_team  # likewise
from . import pharma_visit_example
from . import pharma_coaching
from . import product_category
from . import product_search
from . import product_template
from . import pharma_support_request
from . import pharma_work_report
from . import pharma_work_report_facts  # extends the one before
from . import pharma_work_report_sales  # likewise
from . import pharma_work_report_more  # likewise
from . import pharma_work_report_section
from . import res_company
from . import res_company_call
from . import res_config_settings
from . import res_config_settings_call
from . import res_company_plan
from . import res_config_settings_plan
from . import res_company_visit
from . import res_config_settings_visit
from . import res_company_reminder
from . import res_company_support
from . import res_company_work_report
from . import res_config_settings_work_report
from . import res_company_cycle
from . import res_config_settings_cycle
from . import res_country_state
from . import res_partner
from . import res_partner_bank
from . import res_partner_profile
from . import res_partner_facts
from . import res_partner_messages
from . import res_partner_lifecycle
from . import res_partner_search
from . import res_partner_tree
from . import res_partner_affiliation
from . import res_partner_access
from . import res_partner_score
from . import res_partner_contact
from . import res_users
from . import res_users_reminder
from . import res_partner_page
from . import res_partner_page_people
from . import res_partner_page_sales
from . import res_partner_timeline
from . import res_partner_page_visits  # extends page and time line
from . import sale_order
from . import sale_report
