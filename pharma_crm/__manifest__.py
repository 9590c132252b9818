{
    'name': "Pharma CRM",
    'version': '19.0.1.3.0',
    'category': 'Sales/Pharma',
    'summary': "Hospitals, departments, doctors and pharmacies; search in Chinese; rights by role",
    'author': "Pharma Suite Contributors",
    'license': 'AGPL-3',
    'application': True,
    'depends': [
        'impersonate_login',  # an administrator looks with a user's eyes
        'queue_job',
        'sale_crm',  # -> crm, sale, account, portal: orders and money belong to the customer
        'web_hierarchy',
    ],
    'external_dependencies': {
        'python': ['pypinyin', 'python_calamine', 'xlrd'],
    },
    'data': [
        'security/pharma_crm_groups.xml',
        'security/ir.model.access.csv',
        'security/ir_rules.xml',
        'security/ir_rules_visit.xml',
<<<<<<< HEAD
        'security/ir_rules_plan.xml',
=======
        'security/ir_rules_cycle.xml',
>>>>>>> main
        'security/impersonate_login.xml',
        'data/pharma.division.csv',
        'data/pharma.specialty.csv',
        'data/pharma.title.csv',
        'data/ir_cron_data.xml',
        'data/pharma_hospital_import_data.xml',
        'data/pharma_setup_import_data.xml',
        'data/pharma_person_profile_data.xml',
        'data/pharma_partner_type_data.xml',
        'data/pharma_score_data.xml',
        'data/pharma_visit_data.xml',
        'data/pharma_cycle_data.xml',
        'data/pharma_lifecycle_data.xml',  # After the types that the stages belong to
        'report/pharma_source_report_views.xml',
        'report/pharma_coverage_report_views.xml',
        'wizard/pharma_access_question_views.xml',
        'wizard/pharma_decision_views.xml',
        'views/pharma_hospital_import_views.xml',
        'views/pharma_setup_import_views.xml',
        'views/pharma_setup_views.xml',
        'data/pharma_setup_data.xml',  # After the page that it opens
        'views/pharma_division_views.xml',
        'views/pharma_specialty_views.xml',
        'views/pharma_alias_views.xml',
        'views/pharma_title_views.xml',
        'views/pharma_affiliation_views.xml',
        'views/pharma_territory_views.xml',
        'views/pharma_territory_assignment_views.xml',
        'views/pharma_alignment_views.xml',
        'views/pharma_realignment_views.xml',
        'views/pharma_delegation_views.xml',
        'views/pharma_share_views.xml',
        'views/pharma_score_model_views.xml',
        'views/pharma_score_views.xml',
        'report/pharma_score_curve_views.xml',
        'views/product_category_views.xml',
        'views/crm_lead_views.xml',
        'views/res_users_views.xml',
        'views/pharma_person_profile_views.xml',
        'views/pharma_profile_log_views.xml',
        'views/pharma_lifecycle_stage_views.xml',
        'views/pharma_partner_type_views.xml',
        'views/product_template_views.xml',
        'views/res_partner_views.xml',
        'views/res_partner_lifecycle_views.xml',
        'views/res_partner_territory_views.xml',
        'views/res_partner_score_views.xml',
        'views/res_partner_page_views.xml',
        'views/search_name_views.xml',
        'views/res_config_settings_views.xml',
<<<<<<< HEAD
        'views/res_config_settings_plan_views.xml',
        'views/pharma_crm_menus.xml',  # After the actions that it opens
        'views/pharma_visit_views.xml',  # Menu items of their own, below those before
        'views/pharma_visit_week_views.xml',
        'views/pharma_week_views.xml',
=======
        'views/res_config_settings_cycle_views.xml',
        'views/pharma_crm_menus.xml',  # After the actions that it opens
        'views/pharma_visit_views.xml',  # Menu items of their own, below those before
        'views/pharma_cycle_views.xml',
        'views/pharma_cycle_target_views.xml',
>>>>>>> main
    ],
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
    'assets': {
        'web.assets_backend': [
            'pharma_crm/static/src/**/*',
        ],
        'web.assets_tests': [
            'pharma_crm/static/tests/tours/**/*',
        ],
    },
}
