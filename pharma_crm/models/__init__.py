from . import pharma_access_mixin  # before the models that inherit from it
from . import pharma_period_mixin  # likewise
from . import pharma_access
from . import pharma_alignment
from . import pharma_delegation
from . import pharma_share
from . import pharma_territory
from . import pharma_territory_assignment
from . import account_move
from . import account_analytic_account
from . import calendar_attendee
from . import calendar_event
from . import crm_lead
from . import ir_rule
from . import mail_activity
from . import mail_followers
from . import pharma_affiliation
from . import pharma_alias
from . import pharma_alias_search
from . import pharma_demo
from . import pharma_demo_territory  # extends the one before
from . import pharma_division
from . import pharma_sheet_mixin  # before the models that inherit from it
from . import pharma_hospital_import
from . import pharma_hospital_import_line
from . import pharma_hospital_import_progress
from . import pharma_hospital_import_read
from . import pharma_hospital_import_undo
from . import pharma_person_profile
from . import pharma_person_profile_numbers  # extends the one before
from . import pharma_profile_log
from . import pharma_lifecycle_stage
from . import pharma_partner_fact
from . import pharma_partner_type
from . import pharma_search_mixin
from . import pharma_search_name
from . import pharma_specialty
from . import pharma_title
from . import product_category
from . import product_search
from . import product_template
from . import res_company
from . import res_config_settings
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
from . import sale_order
from . import sale_report
